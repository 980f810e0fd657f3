"""What `y` may be: labels of any kind, one a sample, or a 0/1 matrix (multilabel)."""

import numpy as np
from scipy import sparse
from sklearn.utils.multiclass import check_classification_targets, type_of_target, unique_labels
from sklearn.utils.validation import column_or_1d

FAMILIES = dict.fromkeys("biuf", "numbers") | dict.fromkeys("OSU", "text")
"""Labels of which types can be compared, by the kind of their dtype."""


def kind_of(multilabel):
    """What `y` is, in words."""
    return "a 0/1 matrix" if multilabel else "one label a sample"


def is_multilabel(y):
    """Whether `y` is a 0/1 matrix; anything but labels or such a matrix is an error.

    Raises
    ------
    ValueError
        For a continuous target and for several columns of labels.
    """
    check_classification_targets(y)
    kind = type_of_target(y, input_name="y")
    if kind == "multiclass-multioutput":
        raise ValueError(
            "Unknown label type: y must hold one label a sample, or a 0/1 matrix of shape "
            "(n_samples, n_labels); got several columns with more than two values. "
            "sklearn.multioutput.MultiOutputClassifier fits one classifier a column."
        )
    return kind == "multilabel-indicator"


def as_column(y):
    """`y` with one label a sample in one dimension; a 0/1 matrix stays, made dense.

    Raises
    ------
    TypeError
        If a sparse `y` is no matrix of labels.
    """
    if sparse.issparse(y):
        if y.ndim != 2 or y.shape[1] == 1:
            raise TypeError(
                "Sparse data was passed for y, but dense data is required. Use '.toarray()' to "
                "convert to a dense numpy array."
            )
        return y.toarray()
    if y.ndim == 2 and y.shape[1] == 1:
        return column_or_1d(y, warn=True)
    return y


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
    if len({FAMILIES.get(array.dtype.kind, array.dtype.kind) for array in arrays}) > 1:
        raise ValueError(
            "Mix of label input types: the labels to come must be of the same type as those "
            f"known, got {', '.join(str(array.dtype) for array in arrays)}."
        )
    return unique_labels(*arrays)


def encode(y, classes, multilabel):
    """Class numbers of shape (n,), or the 0/1 matrix as bytes.

    Raises
    ------
    ValueError
        If `y` has a label that is not in `classes`, or is a matrix with another number of
        columns or with values other than 0 and 1.
    """
    if multilabel:
        if y.shape[1] != len(classes):
            raise ValueError(
                f"y has {y.shape[1]} label columns, but this classifier was trained with "
                f"{len(classes)}."
            )
        if not np.isin(y, (0, 1)).all():
            raise ValueError(
                "y must hold 0 and 1 only where it is a matrix of labels, got the values "
                f"{np.unique(y)}."
            )
        return y.astype(np.uint8)
    order = np.argsort(classes)
    try:
        places = np.searchsorted(classes, y, sorter=order)
        numbers = order[np.minimum(places, len(classes) - 1)]
        strange = y[classes[numbers] != y]
    except TypeError:  # they cannot even be compared
        strange = y
    if len(strange):
        raise ValueError(
            f"`y` has classes not in `self.classes_`. `self.classes_` has {classes}. "
            f"'y' has {np.unique(strange)}."
        )
    return numbers
