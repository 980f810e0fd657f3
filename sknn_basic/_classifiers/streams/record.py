"""What is remembered of a stream's cost.

The record covers the whole stream in constant memory: at most `MOST_POINTS` points, each the
mean cost of some rows. When they are full, neighbours become one point.

A record is never changed, like all that `runtime.publish` swaps. Its points stand in an array
that the next record shares and goes on filling beyond what this one counts; so a call costs no
copy, and one that fails leaves nothing behind.
"""

from typing import Any, NamedTuple

import numpy as np

MOST_POINTS = 256
"""Points of a record at most; an even number."""

ROWS, COST = 0, 1
"""The columns of the points: rows of the stream up to a point's end, and Σ cost of its rows."""


class StreamRecord(NamedTuple):
    """The cost of a stream so far.

    Parameters
    ----------
    points : ndarray of shape (MOST_POINTS, 2)
        The complete points, in its first rows; see `ROWS` and `COST`.
    n_points : int
        How many of them there are.
    width : int
        Rows that make a point complete.
    start : int
        Samples that the classifier had seen before the stream.
    rows, cost : int, float
        Rows of the stream, and Σ cost.
    open_rows, open_cost : int, float
        Those of the point that is not complete.
    marks : tuple of (int, label)
        Rows of the stream before the call in which a class was added, and its label.
    """

    points: np.ndarray
    n_points: int
    width: int
    start: int
    rows: int
    cost: float
    open_rows: int
    open_cost: float
    marks: tuple[tuple[int, Any], ...] = ()

    @classmethod
    def beginning(cls, start):
        """The record of a stream that begins after so many samples."""
        return cls(np.empty((MOST_POINTS, 2)), 0, 1, start, 0, 0.0, 0, 0.0)

    def after(self, rows, cost):
        """The record after so many rows more, of this Σ cost."""
        points, n, width, start, seen, total, open_rows, open_cost, marks = self
        seen, total = seen + rows, total + cost
        open_rows, open_cost = open_rows + rows, open_cost + cost
        if open_rows >= width:
            if n == MOST_POINTS:
                points, n, width = _halved(points), MOST_POINTS // 2, 2 * width
            points[n] = seen, open_cost
            n, open_rows, open_cost = n + 1, 0, 0.0
        return StreamRecord(points, n, width, start, seen, total, open_rows, open_cost, marks)

    def through(self, costs):
        """The record after rows of these costs, with as many points as there is room for."""
        if len(costs) == 1:
            return self.after(1, float(costs[0]))
        record, done = self, 0
        while done < len(costs):
            part = costs[done : done + record.width - record.open_rows]
            record, done = record.after(len(part), float(part.sum())), done + len(part)
        return record

    def marked(self, old, new):
        """The record with marks of the classes that the next call adds to the old ones."""
        labels = np.setdiff1d(new, old).tolist()
        return self._replace(marks=(*self.marks, *((self.rows, label) for label in labels)))

    def curve(self):
        """Samples seen at the end of each point, and the mean cost of its rows."""
        ends, costs = self.points[: self.n_points].T
        if self.open_rows:
            ends, costs = np.append(ends, self.rows), np.append(costs, self.open_cost)
        return self.start + ends.astype(np.int64), costs / np.diff(ends, prepend=0.0)

    def as_plain(self):
        """The same in plain containers, for storing: as many bytes, however long the stream."""
        points = self.points.copy()
        points[self.n_points :] = 0.0
        return self._asdict() | {"points": points}

    @classmethod
    def from_plain(cls, plain):
        """The record that `as_plain` has taken apart."""
        return cls(**plain | {"points": plain["points"].copy()})


def _halved(points):
    """Room for points, half of it filled: every two neighbours made one."""
    wider = np.empty_like(points)
    half = len(points) // 2
    wider[:half, ROWS] = points[1::2, ROWS]
    wider[:half, COST] = points[::2, COST] + points[1::2, COST]
    return wider
