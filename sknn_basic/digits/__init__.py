"""From a picture of a handwritten number to the number.

Two steps: `split_digits` cuts the picture into one image a digit, prepared as the images of
MNIST or of scikit-learn's digits are; a fitted classifier names each of them. `read_number`
does both, and `open_image` reads the picture from a file. The files are to be read in the
order of the work: picture, ink, frames, pieces, rows, cuts, prepare, splitting, inputs,
reading.
"""

from sknn_basic.digits.picture import open_image
from sknn_basic.digits.reading import Reading, read_number
from sknn_basic.digits.splitting import Digits, split_digits

__all__ = ["Digits", "Reading", "open_image", "read_number", "split_digits"]
