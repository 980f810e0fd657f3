"""From a picture of a handwritten number to the number.

Two steps: `split_digits` cuts the picture into one image a digit, prepared as the images of
MNIST or of scikit-learn's digits are; a fitted classifier names each of them: your own, or
that of `load_reader`. `read_number` does both, and `open_image` reads the picture from a
file. `distorted` makes other images of digits to train on. The files are to be read in the
order of the work: paper, pieces, rows, cuts, lattice, prepare, splitting, inputs, opinion,
reading; reader and distortion stand beside.
"""

from sknn_basic.digits.distortion import distorted
from sknn_basic.digits.paper.picture import open_image
from sknn_basic.digits.reader import load_reader
from sknn_basic.digits.reading import Reading, read_number
from sknn_basic.digits.splitting import Digits, split_digits

__all__ = [
    "Digits",
    "Reading",
    "distorted",
    "load_reader",
    "open_image",
    "read_number",
    "split_digits",
]
