"""The page of one perceptron: two weights, a bias, and the line that they draw."""

import os
from itertools import product
from pathlib import Path
from typing import Any

from sknn_basic.export.page.assembly import page_of, written
from sknn_basic.logic import AND, NAND, NOR, OR

SCRIPTS = (
    "base",
    "neuron",
    "plane",
    "truth_table",
    "perceptron_rule",
    "hulls",
    "learning_plane",
    "learning_words",
    "learning",
)

ROWS = list(product((0, 1), repeat=2))


def perceptron_page(
    path: str | os.PathLike[str], *, title: str = "A perceptron with two inputs"
) -> Path:
    """Write a page on which one sets the weights and the bias of a perceptron.

    One file, which any browser opens without a network connection. Three sliders change the
    truth table and the line that parts the plane. Gates to choose are AND, OR, NAND, NOR, and
    XOR, which no weights make; the page says how many rows of the table match.

    Below, the perceptron learns: a click adds a point of class 0 or 1, and each step of
    Rosenblatt's rule moves the line, as `PerceptronClassifier` does with ``batch_size=1`` and
    ``shuffle=False``. Where no line parts the points, the page shows why: it colours where the
    convex hulls of the two classes meet.

    Parameters
    ----------
    path : str or path
        Of the page. A file that is there is replaced once the new one is complete.
    title : str, default="A perceptron with two inputs"
        Of the page.

    Returns
    -------
    path : Path
        Where the page is.

    Raises
    ------
    TypeError
        If the title is no text.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sknn_basic.export import perceptron_page
    >>> with TemporaryDirectory() as folder:
    ...     perceptron_page(Path(folder, "perceptron.html")).name
    'perceptron.html'
    """
    return written(path, page_of("perceptron", SCRIPTS, title, {"gates": _gates()}))


def _gates() -> list[dict[str, Any]]:
    """Name and outputs of each gate, and the weights that make it, for XOR none."""
    known = [
        {
            "name": gate.name,
            "weights": gate.weights,
            "bias": gate.bias,
            "outputs": [gate(*row) for row in ROWS],
        }
        for gate in (AND, OR, NAND, NOR)
    ]
    outputs = [one ^ other for one, other in ROWS]
    return [*known, {"name": "XOR", "weights": None, "bias": None, "outputs": outputs}]
