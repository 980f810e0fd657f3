"""Fitted classifiers as ONNX graphs, which run without Python; converters for skl2onnx.

A network is a chain of Gemm (A W + b) and Sigmoid nodes up to the weighted inputs Z of the
output neurons. After them come, as in `output_codes`,

    S = Z codeᵀ,   label = classes[ArgMax S],   probabilities = Softmax S,

and for several labels a sample: a label if Z > 0, its probability Sigmoid Z. ArgMax takes
the first of equal scores, and 0 is not greater than 0: ties and silent neurons are decided
as the classifiers decide them.

The converters also serve within pipelines and other meta-estimators, wherever skl2onnx can
convert these.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from sknn_basic._classifiers.perceptron import PerceptronClassifier
from sknn_basic._classifiers.sigmoid_mlp import SigmoidMLPClassifier
from sknn_basic._types import MatrixLike
from sknn_basic.export.fitted import fitted_values
from sknn_basic.output_codes import entropies

__all__ = ["register_converters", "to_onnx"]

INPUTS = ("float32", "float64", "int64", "int32", "int8", "uint8", "bool")
"""Numbers that skl2onnx takes as input."""

OPTIONS = {
    "zipmap": [True, False, "columns"],
    "nocl": [True, False],
    "raw_scores": [True, False],
}
"""What a caller of skl2onnx may choose, as with the classifiers of scikit-learn."""


def to_onnx(
    model: Any,
    X: MatrixLike,
    *,
    options: dict[Any, Any] | None = None,
    target_opset: int | dict[str, int] | None = None,
) -> Any:
    """Convert a fitted classifier, or a meta-estimator with such classifiers inside.

    The graph has two outputs, the labels and the scores of the classes. It checks nothing:
    where NaN goes in, nonsense comes out.

    Parameters
    ----------
    model : estimator
        A `PerceptronClassifier`, a `SigmoidMLPClassifier`, or a pipeline or another
        meta-estimator that skl2onnx can convert. For a search, its best estimator.
    X : {array-like, sparse matrix, data frame} of shape (n_samples, n_features)
        A sample of the input; only its columns and its dtype count. The graph computes in
        float64 where X is float64, else in float32. Its input is a dense matrix called "X";
        for a pandas data frame with names, as a `ColumnTransformer` may need, one input a
        column.
    options : dict, default=None
        Options of skl2onnx; None is ``{"zipmap": False}``, while skl2onnx's default is true.
        ``zipmap``: the scores as a list of dicts, label to score, instead of a matrix (in
        float32 only). ``raw_scores``: `decision_function` instead of `predict_proba`.
        ``nocl``: class numbers instead of labels.
    target_opset : int or dict, default=None
        Version of ONNX to write the graph in. None: the latest that skl2onnx was tested with.

    Returns
    -------
    graph : onnx.ModelProto
        ``graph.SerializeToString()`` is what to write into a file. The scores have a column
        for each class; raw scores s of two classes are the columns −s, s. Perceptrons have no
        probabilities and always give raw scores. Labels that are bool or whole floats become
        int64.

    Raises
    ------
    ImportError
        If skl2onnx is not installed: ``python -m pip install "sknn_basic[onnx]"``.
    sklearn.exceptions.NotFittedError
        If the model is not fitted.
    ValueError
        If X does not suit the model, and for labels or options that ONNX has no means for.

    Notes
    -----
    What becomes of a meta-estimator is up to skl2onnx. Compare some rows: as of its version
    1.20 it only approximates isotonic calibration, for example.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sknn_basic import SigmoidMLPClassifier
    >>> from sknn_basic.onnx import to_onnx
    >>> X, y = load_iris(return_X_y=True)
    >>> network = SigmoidMLPClassifier((5,), max_iter=3, tol=None, random_state=0).fit(X, y)
    >>> graph = to_onnx(network, X)
    >>> [output.name for output in graph.graph.output]
    ['label', 'probabilities']
    """
    register_converters()
    from skl2onnx import to_onnx as convert

    check_is_fitted(model)
    while hasattr(model, "best_estimator_"):
        model = model.best_estimator_
    options = {"zipmap": False} if options is None else options
    graph = convert(
        model, _sample(X, model), options=_addressed(options, model), target_opset=target_opset
    )
    _check_zipmap(graph)
    return graph


def register_converters() -> None:
    """Teach skl2onnx the two classifiers, for those who call it themselves.

    `to_onnx` does so by itself. It holds for this process, and doing it twice does no harm.

    Raises
    ------
    ImportError
        If skl2onnx is not installed: ``python -m pip install "sknn_basic[onnx]"``.

    Examples
    --------
    >>> from skl2onnx import to_onnx
    >>> from sknn_basic import PerceptronClassifier
    >>> from sknn_basic.onnx import register_converters
    >>> register_converters()
    >>> nand = PerceptronClassifier.from_weights([-2.0, -2.0], 3.0)
    >>> graph = to_onnx(nand, nand.coef_, options={"zipmap": False})
    >>> [node.op_type for node in graph.graph.node]
    ['Gemm', 'MatMul', 'ArgMax', 'MatMul', 'Gather']
    """
    try:
        from skl2onnx import update_registered_converter
    except ImportError as error:
        raise ImportError(
            "Converting to ONNX needs skl2onnx, which cannot be imported: "
            'python -m pip install "sknn_basic[onnx]"'
        ) from error
    converters = {
        PerceptronClassifier: _convert_perceptron,
        SigmoidMLPClassifier: _convert_network,
    }
    for kind, converter in converters.items():
        alias = f"SknnBasic{kind.__name__}"
        update_registered_converter(kind, alias, _set_shapes, converter, options=OPTIONS)


def _addressed(options, model):
    """The same options, for the last step of a pipeline; skl2onnx hands on not all of them."""
    if not set(options) <= set(OPTIONS):
        return options
    while hasattr(model, "steps"):
        model = model.steps[-1][1]
    return {id(model): options}


def _check_zipmap(graph):
    """Refuse a graph that no runtime could load."""
    from onnx import TensorProto

    in_dicts = graph.graph.output[-1].type.sequence_type.elem_type.map_type.value_type
    if in_dicts.tensor_type.elem_type == TensorProto.DOUBLE:
        raise ValueError(
            'options must hold "zipmap": False or "zipmap": "columns" where X is float64: '
            "ONNX makes dicts of float32 scores only."
        )


def _sample(X, model):
    """One row of X, as skl2onnx wants to see it."""
    if not _has_names(X):
        X = _as_array(X)
    if X.ndim != 2 or len(X) == 0:
        raise ValueError(
            f"X must have rows and columns, one row at least; got shape {X.shape}."
        )
    n_features = getattr(model, "n_features_in_", X.shape[1])
    if X.shape[1] != n_features:
        raise ValueError(
            f"X must have {n_features} columns, as the data that the model was fitted on; got "
            f"{X.shape[1]}."
        )
    return X[:1]


def _has_names(X):
    """Whether X is a pandas data frame whose columns skl2onnx can name inputs after."""
    is_frame = hasattr(X, "iloc") and hasattr(X, "columns")
    return is_frame and all(isinstance(name, str) for name in X.columns)


def _as_array(X):
    X = sparse.csr_array(X)[:1].toarray() if sparse.issparse(X) else np.asarray(X)
    if X.dtype.kind not in "OSU" and X.dtype.name not in INPUTS:
        raise ValueError(
            f"X must be of a dtype that skl2onnx knows ({', '.join(INPUTS)}), got {X.dtype}. "
            "Use X.astype(np.float32), and give the graph the same."
        )
    return X


# --- what skl2onnx calls -----------------------------------------------------------------


def _set_shapes(operator):
    """Tell the types and shapes of the two outputs, labels and scores."""
    from skl2onnx.common.data_types import (
        DoubleTensorType,
        FloatTensorType,
        Int64TensorType,
        StringTensorType,
    )

    model, (labels, scores) = operator.raw_operator, operator.outputs
    if len(operator.inputs) != 1:
        raise ValueError(
            f"X must be a matrix for a {type(model).__name__}; a data frame makes an input of "
            f"each column, {len(operator.inputs)} here. Use X.to_numpy()."
        )
    classes = _labels(model, _option("nocl", False, model, operator.scope_inst))
    n, n_classes = operator.inputs[0].get_first_dimension(), len(classes)
    text_or_int = StringTensorType if classes.dtype == object else Int64TensorType
    float_type = DoubleTensorType if _dtype(operator) == np.float64 else FloatTensorType
    several = fitted_values(model).multilabel
    labels.set_type(text_or_int([n, n_classes] if several else [n]))
    scores.set_type(float_type([n, n_classes]))


def _convert_network(scope, operator, container):
    """Add the nodes of a sigmoid network."""
    raw = _option("raw_scores", False, operator.raw_operator, container)
    _convert(scope, operator, container, raw)


def _convert_perceptron(scope, operator, container):
    """Add the nodes of perceptrons."""
    if not _option("raw_scores", True, operator.raw_operator, container):
        raise ValueError(
            "raw_scores must be True for a PerceptronClassifier, which has no probabilities. "
            "Where a meta-estimator asks for them, use "
            'options={"zipmap": False, "raw_scores": True} if it knows that option.'
        )
    _convert(scope, operator, container, raw=True)


def _convert(scope, operator, container, raw):
    model = operator.raw_operator
    labels, scores = (output.full_name for output in operator.outputs)
    graph = _Graph(scope, container, _dtype(operator))
    values = fitted_values(model)
    Z = graph.output_weighted_inputs(graph.rows(operator.inputs[0]), values)
    if values.multilabel:
        fires = graph.node("Greater", Z, graph.numbers(np.zeros(1), "zero"))
        graph.node("Cast", fires, to=_tensor_type(np.int64), out=labels)
        graph.node("Identity" if raw else "Sigmoid", Z, out=scores)
        return
    S = graph.class_scores(Z, values.code)
    classes = _labels(model, _option("nocl", False, model, container))
    chosen = graph.node("ArgMax", S, axis=1, keepdims=0)
    graph.node("Gather", graph.constant(classes, "classes"), chosen, out=labels)
    if not raw:
        graph.node("Softmax", S, axis=1, out=scores)
    elif len(classes) == 2:
        both_ways = np.array([[1.0, -1.0], [-1.0, 1.0]])
        graph.node("MatMul", S, graph.numbers(both_ways, "both_ways"), out=scores)
    else:
        graph.node("Identity", S, out=scores)


def _option(name, default, model, holder):
    """What the caller, or a meta-estimator's converter, chose for this model."""
    return holder.get_options(model, {name: default})[name]


def _dtype(operator):
    """Compute in float64 where it comes in, otherwise in float32, as all of skl2onnx does."""
    from skl2onnx.common.data_types import DoubleTensorType

    is_double = isinstance(operator.inputs[0].type, DoubleTensorType)
    return np.float64 if is_double else np.float32


def _tensor_type(dtype):
    """The number by which ONNX knows a dtype."""
    from onnx.helper import np_dtype_to_tensor_dtype

    return np_dtype_to_tensor_dtype(np.dtype(dtype))


def _labels(model, nocl):
    """The labels as ONNX can hold them: int64, or text as an array of objects.

    Raises
    ------
    ValueError
        If it cannot.
    """
    values = fitted_values(model)
    classes = values.classes
    if nocl or values.multilabel:
        return np.arange(len(classes))
    if all(isinstance(label, str) and _is_unicode(label) for label in classes):
        return classes.astype(object)
    if classes.dtype.kind in "biuf":
        with np.errstate(invalid="ignore"):
            whole = classes.astype(np.int64)
        if np.array_equal(whole, classes):
            return whole
    raise ValueError(
        "Labels must be text or whole numbers of 64 bits: ONNX has no others. classes_ is "
        f'{classes!r}. With options={{"zipmap": False, "nocl": True}} the graph gives class '
        "numbers instead, the places in classes_."
    )


def _is_unicode(text):
    """Whether UTF-8 can write it: half of a surrogate pair it cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


@dataclass(frozen=True, slots=True)
class _Graph:
    """Adds nodes and constants to the graph that skl2onnx builds; names stand for values.

    Parameters
    ----------
    scope, container
        As skl2onnx hands them to a converter: they make names, and keep what is added.
    dtype : {np.float32, np.float64}
        Of all numbers but the labels.
    """

    scope: Any
    container: Any
    dtype: Any

    def node(self, operation, *inputs, out=None, **attributes):
        """Add a node, its output called `out`."""
        out = out or self.scope.get_unique_variable_name(operation)
        name = self.scope.get_unique_operator_name(operation)
        self.container.add_node(operation, list(inputs), out, name=name, **attributes)
        return out

    def constant(self, array, name):
        """Add an array as it is."""
        name = self.scope.get_unique_variable_name(name)
        content = [x.encode() for x in array] if array.dtype == object else array.ravel()
        self.container.add_initializer(name, _tensor_type(array.dtype), array.shape, content)
        return name

    def numbers(self, array, name):
        """Add an array as numbers of `dtype`."""
        with np.errstate(over="ignore"):
            converted = array.astype(self.dtype)
        if not np.isfinite(converted).all():
            raise ValueError(
                "X must be of dtype float64 for this model: some of its weights are too large "
                "for float32."
            )
        return self.constant(converted, name)

    def rows(self, variable):
        """The input, cast if need be."""
        from skl2onnx.common.data_types import guess_proto_type

        if guess_proto_type(variable.type) == _tensor_type(self.dtype):
            return variable.full_name
        return self.node("Cast", variable.full_name, to=_tensor_type(self.dtype))

    def output_weighted_inputs(self, A, values):
        """Z of the output neurons for the rows A."""
        last = len(values.weights) - 1
        for layer, (W, b) in enumerate(zip(values.weights, values.biases, strict=True)):
            A = self.node("Gemm", A, self.numbers(W, "W"), self.numbers(b, "b"))
            if layer < last:
                A = self.node("Sigmoid", A)
        return A

    def class_scores(self, Z, code):
        """S = Z codeᵀ + H; with a neuron a class, where `code` is None, that is Z itself."""
        if code is None:
            return Z
        S, H = self.node("MatMul", Z, self.numbers(code.T, "code")), entropies(code)
        return self.node("Add", S, self.numbers(H, "entropies")) if H.any() else S
