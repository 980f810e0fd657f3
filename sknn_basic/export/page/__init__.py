"""Pages for a browser that need nothing else: no network, no server, no library.

`to_html` makes a page that reads the digits that one draws; `perceptron_page` one with the
sliders of a single perceptron. Each is one file, put together from the small files in
``assets``: a frame, styles, and plain JavaScript, one idea a file.
"""

from sknn_basic.export.page.digits import to_html
from sknn_basic.export.page.perceptron import perceptron_page

__all__ = ["perceptron_page", "to_html"]
