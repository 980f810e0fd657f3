"""A fitted classifier in a file that holds numbers and text, no code.

The suffix says which of two formats: .json is text that any language reads, .npz is NumPy's
and smaller. In an .npz file, every array is a member of its own, and "document" is the rest
of the document as JSON.
"""

import io
import json
import math
import os
import zipfile
from pathlib import Path
from reprlib import repr as shortened

import numpy as np

from sknn_basic._files import write_at_once
from sknn_basic.export.document import (
    Classifier,
    description,
    exportable,
    from_dict,
    to_dict,
)


def save(classifier: Classifier, path: str | os.PathLike[str]) -> None:
    """Store a fitted classifier.

    Parameters
    ----------
    classifier : PerceptronClassifier or SigmoidMLPClassifier
        Fitted.
    path : str or path
        Ends in .json or .npz. A file that is there is replaced once the new one is complete;
        if anything fails, it stays as it was.

    Raises
    ------
    TypeError, NotFittedError, ValueError
        As `to_dict`; and ValueError for another suffix.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sknn_basic import PerceptronClassifier
    >>> from sknn_basic.export import load, save
    >>> visit = PerceptronClassifier.from_weights([6, 2, 2], threshold=5, classes=["no", "go"])
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "visit.json")
    ...     save(visit, path)
    ...     load(path).predict([[1, 0, 0], [0, 1, 1]])
    array(['go', 'no'], dtype='<U2')
    """
    write, _ = _format(path)
    write_at_once(path, write(classifier))


def load(path: str | os.PathLike[str]) -> Classifier:
    """Read a classifier that `save` has stored. No code of the file is run.

    Parameters
    ----------
    path : str or path
        Ends in .json or .npz.

    Returns
    -------
    classifier : PerceptronClassifier or SigmoidMLPClassifier
        As `from_dict` makes it.

    Raises
    ------
    ValueError
        For a file that `save` has not written, one that is damaged, and one that needs a
        newer version of sknn_basic. The message names the file.
    OSError
        If the file cannot be read.

    See Also
    --------
    save : Its other half.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sknn_basic import PerceptronClassifier
    >>> from sknn_basic.export import load, save
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "nand.json")
    ...     save(PerceptronClassifier.from_weights([-2, -2], 3), path)
    ...     load(path).predict([[0, 1], [1, 1]])
    array([1, 0])
    """
    _, read = _format(path)
    data = Path(path).read_bytes()
    try:
        return from_dict(read(data))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{os.fspath(path)} holds no classifier: {error}") from error


def _format(path):
    """How to write and read a file of this name."""
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise ValueError(f"path must end in .json or .npz, got {os.fspath(path)!r}.")
    return FORMATS[suffix]


# --- .json -------------------------------------------------------------------------------


def _to_json(classifier):
    return (_text(to_dict(classifier)) + "\n").encode("ascii")


def _text(value, indent=""):
    """JSON with a line for each list or dict that holds no other."""
    parts = value.values() if isinstance(value, dict) else value
    if not any(isinstance(part, dict | list) for part in parts):
        return json.dumps(value, allow_nan=False)
    inner = indent + " "
    lines = [
        _text(part, inner)
        if isinstance(part, dict | list)
        else json.dumps(part, allow_nan=False)
        for part in parts
    ]
    if isinstance(value, dict):
        lines = [f"{json.dumps(key)}: {line}" for key, line in zip(value, lines, strict=True)]
    start, end = "{}" if isinstance(value, dict) else "[]"
    return f"{start}\n{inner}" + f",\n{inner}".join(lines) + f"\n{indent}{end}"


def _from_json(data):
    try:
        return json.loads(data, parse_constant=_no_number, object_pairs_hook=_object)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"it is no JSON text ({error}).") from error


def _no_number(name):
    raise ValueError(f"it has the number {name}, which is not finite.")


def _object(pairs):
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"it has the key {shortened(twice)} twice.")
    return made


# --- .npz --------------------------------------------------------------------------------


def _to_npz(classifier):
    values = exportable(classifier)
    text = json.dumps(description(classifier, values), allow_nan=False)
    arrays = {"document": np.array(text.encode("ascii"))}
    for k, (W, b) in enumerate(zip(values.weights, values.biases, strict=True)):
        arrays[f"weights_{k}"], arrays[f"biases_{k}"] = W, b
    file = io.BytesIO()
    np.savez(file, **arrays)  # none of objects, so nothing is pickled
    return file.getvalue()


def _from_npz(data):
    arrays = _members(data)
    text = arrays.pop("document", None)
    if text is None or text.dtype.kind != "S" or text.ndim:
        raise ValueError("it has no text named document.")
    document = _from_json(text.item())
    n_layers = len(arrays) // 2
    wanted = {f"{part}_{k}" for part in ("weights", "biases") for k in range(n_layers)}
    if not isinstance(document, dict) or arrays.keys() != wanted or "layers" in document:
        raise ValueError(
            "it must have the arrays weights_0, biases_0, weights_1 and so on beside the "
            f"document, got {sorted(arrays)}."
        )
    layers = [
        {part: arrays[f"{part}_{k}"] for part in ("weights", "biases")} for k in range(n_layers)
    ]
    return document | {"layers": layers}


def _members(data):
    """The arrays of an .npz file by name."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [info.filename.removesuffix(".npy") for info in archive.infolist()]
            if len(set(names)) < len(names):
                raise ValueError("two arrays have the same name.")
            claimed = sum(info.file_size for info in archive.infolist())
            if claimed > len(data):
                raise ValueError(f"its arrays claim {claimed} bytes, and it has {len(data)}.")
            return {
                name: _array(archive, info)
                for name, info in zip(names, archive.infolist(), strict=True)
            }
    except Exception as error:  # zipfile and zlib have many, as a damaged file has many faults
        raise ValueError(f"it is no complete .npz file ({error}).") from error


def _array(archive, info):
    """One array, made only if it is as large as its header claims, and of floats or text."""
    if info.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{info.filename} is compressed, which save never does")
    with archive.open(info) as file:
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError(f"{info.filename} is of an unknown version")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
        content = file.read()
    if dtype.kind not in "fS" or math.prod(shape) * dtype.itemsize != len(content):
        raise ValueError(
            f"{info.filename} is said to be of shape {shape} and dtype {dtype}, and has "
            f"{len(content)} bytes"
        )
    order = "F" if fortran else "C"
    return np.frombuffer(content, dtype).reshape(shape, order=order)


FORMATS = {".json": (_to_json, _from_json), ".npz": (_to_npz, _from_npz)}
