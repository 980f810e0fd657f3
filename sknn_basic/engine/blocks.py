"""A block of q mini-batches: how its steps depend on one another, and the room for them.

The derivation stands in `sgd.py`; here are its coefficients and buffers.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sknn_basic.engine._types import Array, rows_at_once
from sknn_basic.engine.network import Rule

LARGEST_BLOCK = 64
"""Rows of a block at most."""

LARGEST_BATCH = 24
"""Batches of more rows than these stand alone: there is little left to save."""

ROWS_FACTOR, CALL_COST = 7.0, 4000.0
"""The constants of `look_ahead`, fitted to measured times."""

ALWAYS = 32.0
"""Half the weighted input of the neuron that always fires: its tanh is 1 to the last bit."""

BYTES_TO_GATHER, ACTIVE_SHARE = 240, 0.75
"""The constants of `gather_below`, fitted alike."""


class Recurrence(NamedTuple):
    """Momentum and L2 decay over q steps, as coefficients of what they started from.

    W after k steps is w[k] W₀ + v[k] V₀ + Σ_i g[k, i] G_i, where G_i is the pure gradient
    step −(η/m) Xᵢᵀδᵢ; V after all of them is last_w W₀ + last_v V₀ + Σ_i last_g[i] G_i.
    """

    # w, v: shape (q + 1,): coefficients of W₀ and V₀ in W, before the first step and after
    # each
    w: Array
    v: Array
    g: Array  # shape (q + 1, q): coefficients of the gradient steps in W
    # last_w, last_v, last_g: float, float, shape (q,): coefficients of W₀, V₀ and the
    # gradient steps in the last V
    last_w: float
    last_v: float
    last_g: Array


def unroll(rates: Sequence[float], q: int, momentum: float, alpha: float) -> Recurrence:
    """Follow V ← μ V − η α W + G, W ← W + V for q steps with these rates η."""
    W, V = np.eye(2, q + 2)
    states = [W]
    for k in range(q):
        V = momentum * V
        if alpha:
            V -= rates[k] * alpha * W
        V[2 + k] += 1.0
        W = W + V
        states.append(W)
    table = np.array(states)
    return Recurrence(table[:, 0], table[:, 1], table[:, 2:], V[0], V[1], V[2:])


class Update(NamedTuple):
    """New numbers from old ones: w W₀ + v V₀ + Xᵀ (d ∘ E), with a coefficient a row in d."""

    # w, v: coefficients of W₀ and V₀
    w: float | Array
    v: float | Array
    d: Array  # shape (rows, 1): coefficient of each row of E


class Coefficients(NamedTuple):
    """What holds for every block of the same shape: how its rows see its earlier steps.

    L = X Xᵀ ∘ `gram` + `bias`; E starts as ½ (w ∘ X W₀ + v ∘ X V₀ + b₀ + v_b ∘ V_b₀), one
    coefficient a row; `weights` and `biases` say what W, V and ΣW become at the end.
    """

    # gram, bias: shape (rows, rows): what makes L of X Xᵀ; of shape (0, 0) for a single batch
    gram: Array
    bias: Array
    # w, v, v_b: shape (rows, 1): coefficients of X W₀, X V₀ and the biases' velocity in E
    w: Array
    v: Array
    v_b: Array
    # weights, biases: of W, V and ΣW, and of b, its velocity and its sum
    weights: tuple[Update, Update, Update]
    biases: tuple[Update, Update, Update]
    plain: bool  # whether there is neither momentum nor decay


@lru_cache(maxsize=64)
def block_coefficients(
    sizes: tuple[int, ...], rule: Rule, rates: tuple[float, ...], dtype: npt.DTypeLike
) -> Coefficients:
    """The coefficients for batches of these sizes; their `rates` η matter only with alpha."""
    q = len(sizes)
    W = unroll(rates, q, rule.momentum, rule.alpha)
    b = unroll(rates, q, rule.momentum, 0.0)
    if not rule.learn_bias:
        b = Recurrence(b.w, 0.0 * b.v, 0.0 * b.g, b.last_w, b.last_v, 0.0 * b.last_g)
    seen = sizes if q > 1 else (0,)  # a single batch may have very many rows

    def square(steps: Array) -> Array:
        table: Array = np.repeat(np.repeat(steps, seen, axis=0), seen, axis=1)
        return table

    return Coefficients(
        gram=square(4.0 * W.g[:-1]).astype(dtype),
        bias=(square(4.0 * b.g[:-1]) + np.eye(sum(seen))).astype(dtype),
        w=_rows(W.w[:-1], sizes, dtype),
        v=_rows(W.v[:-1], sizes, dtype),
        v_b=_rows(b.v[:-1], sizes, dtype),
        weights=_updates(W, sizes, dtype),
        biases=_updates(b, sizes, dtype),
        plain=rule.momentum == 0.0 and rule.alpha == 0.0,
    )


def side_by_side(each: Sequence[tuple[Any, ...]], width: int) -> Coefficients:
    """Those of networks that decay differently: `each` is what to ask `block_coefficients`.

    Every one of a network's `width` columns has its coefficient in place of the one for all,
    and `gram` and `bias` have shape (networks, rows, rows).
    """
    parts: list[Any] = [block_coefficients(*asked) for asked in each]

    def columns(numbers: Sequence[Any]) -> Array:
        all_of_them = np.concatenate([*map(np.atleast_1d, numbers)], axis=-1)
        wide: Array = np.repeat(all_of_them, width, axis=-1).astype(parts[0].w.dtype)
        return wide

    def updates(number: int) -> Any:
        both = zip(*(part[number] for part in parts), strict=True)
        return tuple(Update(*map(columns, zip(*same, strict=True))) for same in both)

    gram, bias = (np.stack([part[k] for part in parts]) for k in (0, 1))
    w, v, v_b = (columns([part[k] for part in parts]) for k in (2, 3, 4))
    return Coefficients(gram, bias, w, v, v_b, updates(5), updates(6), plain=False)


def _rows(steps: Array, sizes: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
    """One number a step as one a row, shape (rows, 1)."""
    if len(sizes) == 1:  # one number, however many rows there are
        return np.broadcast_to(steps.astype(dtype)[:, None], (sizes[0], 1))
    column: Array = np.repeat(steps, sizes).astype(dtype)[:, None]
    return column


def _updates(
    part: Recurrence, sizes: tuple[int, ...], dtype: npt.DTypeLike
) -> tuple[Update, Update, Update]:
    """What numbers, their velocity and their running sum become at the block's end."""
    g, last_g, sum_g = (
        _rows(8.0 * g, sizes, dtype) for g in (part.g[-1], part.last_g, part.g[1:].sum(axis=0))
    )
    return (
        Update(part.w[-1], part.v[-1], g),
        Update(part.last_w, part.last_v, last_g),
        Update(part.w[1:].sum(), part.v[1:].sum(), sum_g),
    )


class Layout(NamedTuple):
    """How the arrays of several networks lie that are trained at once.

    Networks that read the same rows in the same order are a stream; there may be several
    streams of as many networks each. One network alone has arrays of two dimensions, (rows,
    neurons). A stack of them has arrays of four, (streams, rows, networks, neurons): so all
    networks of a stream share a product from the left, and each has a matrix of its own. Where
    they decay differently they are `mixed`, and each has an L of its own, too.
    """

    streams: int = 1
    networks: int = 1
    mixed: bool = False

    @property
    def alone(self) -> bool:
        """Whether there is one network."""
        return self.streams == self.networks == 1

    def width(self, neurons: int) -> int:
        """Columns of a layer below others: one neuron always fires, those after it never do."""
        # in a stack a multiple of four: OpenBLAS is slow at small matrices of odd sizes
        return neurons + 1 if self.alone else neurons + 4 - neurons % 4

    def empty(self, rows: int, neurons: int, dtype: Any) -> Array:
        """An array for so many rows of each network."""
        if self.alone:
            return np.empty((rows, neurons), dtype)
        return np.empty((self.streams, rows, self.networks, neurons), dtype)

    def matrices(self, n_in: int, n_out: int, dtype: Any) -> Array:
        """A matrix for each network; those of a stack lie column by column."""
        if self.alone:
            return np.empty((n_in, n_out), dtype)
        shape = self.streams, self.networks, n_out, n_in
        return np.empty(shape, dtype).swapaxes(-1, -2)

    def numbers(self, each: list[float], dtype: Any) -> Any:
        """A number for each network, as its matrix meets it."""
        if not self.mixed:
            return each[0]
        return np.array(each, dtype).reshape(self.streams, self.networks, 1, 1)

    def rows(self, A: Array, at: slice) -> Array:
        """These rows."""
        return A[at] if self.alone else A[:, at]

    def each(self, A: Array) -> Array:
        """A matrix for each network: (rows, neurons), or (streams, networks, rows, neurons)."""
        return A if self.alone else A.swapaxes(1, 2)

    def joined(self, A: Array) -> Array:
        """As L meets it: a matrix for each stream, its networks side by side, unless mixed."""
        if self.alone or self.mixed:
            return self.each(A)
        return A.reshape(*A.shape[:2], -1)


ALONE = Layout()
"""The layout of one network."""


class Step(NamedTuple):
    """The views of one step."""

    L: Array | None  # its rows of L; None for the first step, which sees no earlier one
    # E, own: the rows of E so far, as L meets them, and its own rows
    E: Array
    own: Array
    # H, T, S, d: its rows of H, T and S, and where the scaled output error goes, shape (m, K)
    H: Array
    T: Array
    S: Array
    r: Array  # shape () or (m, 1): what its errors are scaled by
    d: Array


class Block:
    """Buffers for batches of these `sizes`, and the views of each step.

    The shapes are those for one network; see `Layout` for several.

    Attributes
    ----------
    E : array of shape (rows, h), or (rows, h + 1) where there are layers above the first
        Before its step, row i is half the weighted input of the first layer; after it,
        that layer's scaled error. A last column stands for the neuron that always fires.
    own, D : arrays of shape (rows, h)
        E without that column (in a stack, whose first layers have that neuron, it is E), and
        room for X W, and for what is committed.
    L : array of shape (rows, rows)
        How rows depend on earlier ones; of shape (0, 0) for a single batch, which sees none.
    H, T, S : arrays of shape (rows, K)
        Halved weighted inputs, signed activations and targets of the output neurons. In S
        the output error takes the place of the target.
    r : array of shape (q, 1) or (rows, 1)
        What a doubled output error is scaled by, −η w / (16 m); by step, or by row where rows
        have weights.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        width: int,
        n_out: int,
        dtype: Any,
        *,
        single_layer: bool,
        weighted: bool,
        layout: Layout = ALONE,
    ) -> None:
        self.sizes, self.single_layer, self.layout = tuple(sizes), single_layer, layout
        n = self.rows = sum(sizes)
        seen = n if len(self.sizes) > 1 else 0
        self.E = layout.empty(n, width if single_layer else layout.width(width), dtype)
        self.own = self.E[:, :width] if layout.alone else self.E
        self.D = np.empty(self.own.shape, dtype)
        self.L = np.eye(seen, dtype=dtype)
        if not layout.alone:
            more = (layout.streams, layout.networks)[: 1 + layout.mixed]
            self.L = np.tile(self.L, (*more, 1, 1))
        self.diagonal = np.einsum("...ii->...i", self.L)
        self.H, self.T, self.S = (layout.empty(n, n_out, dtype) for _ in range(3))
        columns = 1 if layout.alone else n_out  # NumPy is slow where a last 1 is broadcast
        self.r = layout.empty(n if weighted else len(self.sizes), columns, dtype)
        self.weighted, self.alone = weighted, layout.alone
        wide = (A.reshape(layout.streams, n, -1) for A in (self.own, self.D))
        self.parts = [*zip([self.L] if self.alone else self.L, *wide, strict=True)]
        self.rates: list[list[float]] = []

    def begin(self, Y: list[Array], rates: list[list[float]], w: Array | None) -> None:
        """Overwrite S, and r for steps with these rates η of each network and rows' weights.

        Targets and weights are given for each stream.
        """
        np.multiply(Y[0] if self.alone else np.stack(Y)[:, :, None], 2.0, self.S)
        np.subtract(self.S, 1.0, self.S)
        if w is None and rates == self.rates:
            return
        self.rates = []  # an interrupt may come before r is written
        for k, own in enumerate(rates):
            stream, network = divmod(k, self.layout.networks)
            r = self.r if self.alone else self.r[stream, :, network]
            scales = [rate / (-16.0 * m) for rate, m in zip(own, self.sizes, strict=True)]
            if w is None:
                r.T[...] = scales
            else:
                by_row = np.repeat(scales, self.sizes)
                np.multiply(by_row, w[stream], out=r.T, casting="same_kind")
        self.rates = rates

    def enter(self) -> None:
        """Overwrite E with ½ D, and the neuron that always fires with its input."""
        np.multiply(self.D, 0.5, self.own)
        if self.alone and not self.single_layer:
            self.E[:, -1] = ALWAYS

    def steps(self) -> list[Step]:
        """The views of each step; a single layer's output error is that of E."""
        return [
            self._step(k, slice(stop - size, stop))
            for k, (size, stop) in enumerate(
                zip(self.sizes, accumulate(self.sizes), strict=True)
            )
        ]

    def _step(self, k: int, own: slice) -> Step:
        rows = self.layout.rows
        L = self.L[..., own, : own.stop] if own.start else None
        H, T, S, E = (rows(A, own) for A in (self.H, self.T, self.S, self.E))
        r = rows(self.r, own if self.weighted else slice(k, k + 1))
        if r.size == 1:
            r = r.reshape(())
        seen = self.layout.joined(rows(self.E, slice(own.stop)))
        return Step(L, seen, E, H, T, S, r, E if self.single_layer else S)


def look_ahead(m: int, n_features: int, width: int, n_out: int = 1) -> int:
    """How many mini-batches of m rows make a block, q: a power of two.

    A block saves passes over n_features × width weights and costs a Gram matrix of its rows,
    so it should hold about as many rows as balance the two, whatever m is.
    """
    if m > LARGEST_BATCH:
        return 1
    rows = ROWS_FACTOR * (width + CALL_COST / n_features) ** 0.5
    rows = min(rows, rows_at_once(n_out, LARGEST_BLOCK))
    q = 1
    while 2 * q * m <= rows:
        q *= 2
    return q


def gather_below(W: Array) -> int:
    """Below how many active columns of X those columns alone are multiplied; 0 for never.

    It saves products with zeros and costs copies of the active columns and of their weights.
    """
    n_features, width = W.shape
    return round(ACTIVE_SHARE * n_features) if width * W.itemsize >= BYTES_TO_GATHER else 0
