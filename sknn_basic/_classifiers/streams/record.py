"""What is remembered of a stream's cost.

The record covers the whole stream in constant memory: Σ cost up to every `width`-th sample.
When its room is full, every second point goes, and `width` doubles.

A record is never changed, like all that `runtime.publish` swaps. Its points stand in an array
that the next record shares and goes on filling beyond what this one counts; so a call costs no
copy, and one that fails leaves nothing behind.
"""

from typing import Any, NamedTuple

import numpy as np

MOST_POINTS = 256
"""Points of a record at most; an even number."""


class StreamRecord(NamedTuple):
    """The cost of a stream so far.

    Parameters
    ----------
    sums : ndarray of shape (MOST_POINTS,)
        Σ cost up to each point, in its first places.
    n_points : int
        How many points there are.
    width : int
        Samples from one to the next.
    start : int
        Samples that the classifier had seen before the stream.
    due : int
        Samples seen at the next point.
    marks : tuple of (int, label)
        Samples seen before the call in which a class was added, and its label.
    """

    sums: np.ndarray
    n_points: int
    width: int
    start: int
    due: int
    marks: tuple[tuple[int, Any], ...] = ()

    @classmethod
    def beginning(cls, start):
        """The record of a stream that begins after so many samples."""
        return cls(np.zeros(MOST_POINTS), 0, 1, start, start + 1)

    def after(self, seen, total):
        """The record with the point that is due: after `seen` samples Σ cost is `total`."""
        sums, n, width, start, _, marks = self
        if n == MOST_POINTS:
            n, width = n // 2, 2 * width
            sums = np.concatenate([sums[1::2], np.zeros(n)])
        if seen < start + (n + 1) * width:  # it has just become rarer
            return StreamRecord(sums, n, width, start, start + (n + 1) * width, marks)
        sums[n] = total
        return StreamRecord(sums, n + 1, width, start, seen + width, marks)

    def through(self, costs, seen, total):
        """The record after samples of these costs; before them, `seen` ones cost `total`."""
        last = seen + len(costs)
        if last < self.due:
            return self
        record, sums = self, total + np.cumsum(costs)
        while record.due <= last:
            record = record.after(record.due, sums[record.due - seen - 1])
        return record

    def marked(self, seen, old, new):
        """The record with marks of the classes that come after `seen` samples."""
        labels = np.setdiff1d(new, old).tolist()
        return self._replace(marks=(*self.marks, *((seen, label) for label in labels)))

    def curve(self, seen, total):
        """Samples seen at each point, and the mean cost from the point before."""
        ends = self.start + self.width * np.arange(self.n_points + 1)
        sums = np.concatenate([[0.0], self.sums[: self.n_points]])
        if ends[-1] < seen:
            ends, sums = np.append(ends, seen), np.append(sums, total)
        return ends[1:], np.diff(sums) / np.diff(ends)

    def as_plain(self):
        """The same in plain containers, for storing: as many bytes, however long the stream."""
        sums = self.sums.copy()
        sums[self.n_points :] = 0.0
        return self._asdict() | {"sums": sums}

    @classmethod
    def from_plain(cls, plain):
        """The record that `as_plain` has taken apart."""
        return cls(**plain | {"sums": plain["sums"].copy()})
