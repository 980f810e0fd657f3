"""Pictures of what was learnt and how: displays after scikit-learn's pattern.

`LossCurveDisplay` draws cost or mistakes over the epochs, `WeightsDisplay` the first layer's
weights as images, `NetworkDisplay` the network itself, with the activations of a sample if one
is given, `DescentDisplay` the way of `sknn_basic.gradient_descent.minimize` downhill,
`EtaCurveDisplay` the cost at many learning rates, and `StreamDisplay` the cost along a stream.

Each has a constructor that stores, a `plot` that draws and returns the display, and a class
method that computes and plots. Matplotlib is imported when something is drawn. Signs are told
by purple and orange, which colour-blind eyes tell apart, other sizes by the scale "cividis".
"""

from sknn_basic.plotting.descent import DescentDisplay
from sknn_basic.plotting.eta_curve import EtaCurveDisplay
from sknn_basic.plotting.loss_curve import LossCurveDisplay
from sknn_basic.plotting.network import NetworkDisplay
from sknn_basic.plotting.stream import StreamDisplay
from sknn_basic.plotting.weights import WeightsDisplay

__all__ = [
    "DescentDisplay",
    "EtaCurveDisplay",
    "LossCurveDisplay",
    "NetworkDisplay",
    "StreamDisplay",
    "WeightsDisplay",
]
