"""Fitted classifiers for elsewhere: files that hold no code, and code that needs only NumPy.

`save` and `load` keep a classifier in a JSON or .npz file, `to_dict` and `from_dict` in a
dict of plain values. `to_numpy_source` writes a Python module that predicts what the
classifier does and imports nothing but NumPy.
"""

from sknn_basic.export.document import from_dict, to_dict
from sknn_basic.export.files import load, save
from sknn_basic.export.numpy_source import to_numpy_source
from sknn_basic.export.page import perceptron_page, to_html

__all__ = [
    "from_dict",
    "load",
    "perceptron_page",
    "save",
    "to_dict",
    "to_html",
    "to_numpy_source",
]
