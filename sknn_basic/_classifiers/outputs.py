"""Classes and output neurons: labels become targets, and weighted inputs become answers."""

import math
from dataclasses import dataclass

import numpy as np
from sklearn.utils.multiclass import unique_labels

from sknn_basic._types import Floats, Labels
from sknn_basic.engine.network import Parameters, output_weighted_inputs
from sknn_basic.output_codes import class_scores, code_table

FAMILIES = dict.fromkeys("biuf", "numbers") | dict.fromkeys("OSU", "text")
"""Labels of which types can be compared, by the kind of their dtype."""


FEW = 64
"""So many classes are looked up in a small table of targets, which takes the least time."""


def kind_of(multilabel):
    """What `y` is, in words."""
    return "a 0/1 matrix" if multilabel else "one label a sample"


def is_one_hot(output_code):
    """Whether a code gives each class an output neuron of its own; two classes share one."""
    return isinstance(output_code, str) and output_code == "one_hot"


@dataclass(frozen=True, eq=False)
class Outputs:
    """The classes, and what the output neurons ought to say for each of them.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        The labels, or the column numbers where a sample may have several.
    multilabel : bool
        Whether each label has an output neuron that answers for itself.
    one_hot : bool
        Whether each class has an output neuron of its own; two classes share one.
    table : ndarray of shape (n_classes, n_neurons), or None
        Row k is the target vector of class k, in float64. None where the targets are 0 but
        for a 1 at the class's own neuron: then no table is needed, whatever the number of
        classes.
    """

    classes: Labels
    multilabel: bool = False
    one_hot: bool = True
    table: Floats | None = None

    @classmethod
    def of(cls, classes, multilabel=False, output_code="one_hot"):
        """The outputs for these classes.

        Raises
        ------
        ValueError
            If the code does not fit them.
        """
        one_hot = is_one_hot(output_code)
        if multilabel and not one_hot:
            raise ValueError(
                "output_code must be 'one_hot' where y is a 0/1 matrix, as each label has a "
                f"neuron of its own; got {output_code!r}."
            )
        alone = multilabel or (one_hot and len(classes) != 2)
        table = None if alone else code_table(output_code, len(classes))
        return cls(classes, multilabel, one_hot, table)

    def as_plain(self):
        """All but the classes, in plain containers."""
        return {"multilabel": self.multilabel, "one_hot": self.one_hot, "table": self.table}

    @property
    def n_neurons(self):
        """How many output neurons there are."""
        return len(self.classes) if self.table is None else self.table.shape[1]

    def code(self, dtype):
        """The targets as `engine` takes them: a table, the number of classes, or None."""
        if self.multilabel:
            return None
        n_classes = len(self.classes)
        if self.table is None:
            return np.eye(n_classes, dtype=dtype) if n_classes <= FEW else n_classes
        return self.table.astype(dtype)

    # --- from labels to targets ------------------------------------------------------

    def encode(self, y, remedy=""):
        """Class numbers of shape (n,), or the 0/1 matrix as bytes.

        `remedy` ends the message about an unknown label.

        Raises
        ------
        ValueError
            If `y` is of the other kind, has a label that is not among the classes, or is a
            matrix with another number of columns or with values other than 0 and 1.
        """
        if y.ndim != 1 + self.multilabel:
            raise ValueError(
                f"y must be {kind_of(self.multilabel)} as in the first call, got shape "
                f"{y.shape}."
            )
        return self._encode_matrix(y) if self.multilabel else self._encode_labels(y, remedy)

    def _encode_matrix(self, y):
        if y.shape[1] != len(self.classes):
            raise ValueError(
                f"y has {y.shape[1]} label columns, but this classifier was trained with "
                f"{len(self.classes)}."
            )
        if not np.isin(y, (0, 1)).all():
            raise ValueError(
                "y must hold 0 and 1 only where it is a matrix of labels, got the values "
                f"{np.unique(y)}."
            )
        return y.astype(np.uint8)

    def _encode_labels(self, y, remedy):
        order = np.argsort(self.classes)
        try:
            places = np.searchsorted(self.classes, y, sorter=order)
            numbers = order[np.minimum(places, len(order) - 1)]
            strange = y[self.classes[numbers] != y]
        except TypeError:  # they cannot even be compared
            strange = y
        if len(strange):
            raise ValueError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes}. "
                f"'y' has {np.unique(strange)}{remedy}."
            )
        return numbers

    # --- from weighted inputs to answers ----------------------------------------------

    def scores(self, Z):
        """The score of each class, (n, n_classes); `Z` itself for one neuron a class."""
        return Z if self.table is None else class_scores(Z, self.table.astype(Z.dtype))

    def decide(self, Z):
        """Class numbers of shape (n,), or a 0/1 matrix for several labels a sample."""
        if self.multilabel:
            return (Z > 0).astype(np.intp)
        return self.scores(Z).argmax(axis=1)

    def answers(self, Z):
        """The label of each row, or a 0/1 matrix."""
        chosen = self.decide(Z)
        return chosen if self.multilabel else self.classes[chosen]

    def margins(self, Z):
        """The scores; for two classes by how much the second's is above the first's."""
        S = self.scores(Z)
        if self.multilabel or S.shape[1] > 2:
            return S
        return S[:, 0] if S.shape[1] == 1 else S[:, 1] - S[:, 0]

    def right(self, Z, y):
        """Whether each row is answered rightly, all its labels, if it has several."""
        right = self.decide(Z) == y
        return right.all(axis=1) if self.multilabel else right


AT_ONCE = 2**21
"""Numbers of the widest layer that prediction works on at a time: 16 MiB of float64."""


def answers(question, outputs, parameters, X):
    """``question(outputs, Z)`` for all rows of X, some at a time where layers are wide."""
    n, size = X.shape[0], max(1, AT_ONCE // parameters.widest())
    if n <= size:
        return question(outputs, _finite_inputs(parameters, X))
    first = question(outputs, _finite_inputs(parameters, X[:size]))
    told = np.empty((n, *first.shape[1:]), first.dtype)
    told[:size] = first
    for start in range(size, n, size):
        at = slice(start, start + size)
        told[at] = question(outputs, _finite_inputs(parameters, X[at]))
    return told


def _finite_inputs(parameters, X):
    """Z of the output neurons, always finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        Z = output_weighted_inputs(parameters, X)
        if not math.isfinite(np.vdot(Z, Z)):  # or some square of it
            np.nan_to_num(Z, copy=False)
    return Z


# --- which classes there are ----------------------------------------------------------


def classes_of(y, multilabel):
    """The sorted labels in `y`, or the column numbers of a 0/1 matrix."""
    return np.arange(y.shape[1]) if multilabel else np.unique(y)


def declared_classes(classes, known):
    """The `classes` of `partial_fit`, sorted, or those already known if they are the same.

    Raises
    ------
    ValueError
        If neither is there, or the two differ.
    """
    if classes is None and known is None:
        raise ValueError("classes must be passed on the first call to partial_fit.")
    if classes is None:
        return known
    classes = unique_labels(classes)
    if len(classes) == 0:
        raise ValueError("classes must hold all labels that will ever come, got none.")
    if known is None:
        return classes
    if not same_classes(classes, known):
        raise ValueError(
            f"`classes={classes!r}` is not the same as on last call to partial_fit, was: "
            f"{known!r}"
        )
    return known


def same_classes(classes, known):
    """Whether sorted classes are those already known, which may stand in another order."""
    return np.array_equal(classes, np.sort(known))


def all_classes(*parts):
    """The sorted labels in all of these; None stands for nothing.

    Raises
    ------
    ValueError
        If they are of different types, numbers and text, say.
    """
    arrays = [np.asarray(part) for part in parts if part is not None and len(part)]
    if not arrays:
        raise ValueError(
            "y must hold a label with a positive weight on the first call to partial_fit with "
            "growing=True, or classes must be passed; got none."
        )
    if len({FAMILIES.get(array.dtype.kind, array.dtype.kind) for array in arrays}) > 1:
        raise ValueError(
            "Mix of label input types: the labels to come must be of the same type as those "
            f"known, got {', '.join(str(array.dtype) for array in arrays)}."
        )
    return unique_labels(*arrays)


# --- classes that come later ----------------------------------------------------------


def grown(training, old, new):
    """The record of training with output neurons for all of the classes `new`, sorted.

    The neurons that are there keep their weights. A new one starts from zeros: it is
    undecided (z = 0), so it answers only where none of the others fires. A perceptron that
    has seen no sample of its class would be just there, at zero, had it been trained from
    the start.

    Two classes share one neuron, which fires for the second. It stands for the difference of
    two, so a third class makes it a pair with −w and w; σ(−z) = 1 − σ(z), so they say what
    it said.
    """
    places = np.searchsorted(new, old)
    memory = training.memory
    if memory.velocity is not None:
        velocity = _with_outputs(memory.velocity, places, len(new))
        memory = type(memory)(memory.steps, velocity)
    parameters = _with_outputs(training.parameters, places, len(new))
    return training._replace(parameters=parameters, memory=memory)


def grown_totals(totals, old, new):
    """The weight seen of each class, 0 for the new ones; None for None."""
    if totals is None:
        return None
    wider = np.zeros(len(new))
    wider[np.searchsorted(new, old)] = totals
    return wider


def _with_outputs(parameters, places, n_classes):
    *weights, W = parameters.weights
    *biases, b = parameters.biases
    layer = _one_neuron_a_class(np.vstack([W, b]), len(places))
    wider = np.zeros((len(layer), n_classes), layer.dtype)
    wider[:, places] = layer
    if n_classes == 2:
        wider = wider[:, 1:] - wider[:, :1]
    return Parameters([*weights, wider[:-1].copy()], [*biases, wider[-1].copy()])


def _one_neuron_a_class(layer, n_classes):
    return np.hstack([-layer, layer]) if n_classes == 2 else layer
