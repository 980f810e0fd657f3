"""
Reading 504192
==============

A picture of a handwritten number becomes its digits in two steps. First it is cut into one
image a digit. Then a network reads each of them: the one that comes with the package.
"""

# %%
# A picture
# ---------
# Digits of scikit-learn, enlarged and written in dark ink on light paper. The paper lies in
# a shadow, and the camera adds noise.

import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import zoom
from sklearn.datasets import load_digits

from sknn_basic.digits import load_reader, read_number

digits = load_digits()
number = "504192"
writings = np.array([np.flatnonzero(digits.target == int(d))[5:15] for d in number]).T


def photograph(images, seed):
    """Digits beside each other, not quite at the same height."""
    draw, width = np.random.default_rng(seed), 18 + 52 * len(images)
    ink = np.zeros((90, width))
    for k, image in enumerate(images):
        top, left = 18 + draw.integers(-6, 7), 15 + 52 * k
        large = np.clip(2 * zoom(image / 16, 6) - 0.7, 0, 1)
        ink[top : top + 48, left : left + 48] = large
    light = np.linspace(1.0, 0.6, width) * np.linspace(1.0, 0.8, 90)[:, None]
    return 230 * light * (1 - 0.7 * ink) + draw.normal(0, 5, ink.shape)


# %%
# Cut it, and read it
# -------------------
# The number is written ten times, in digits on which the network was not trained. It also
# judges where they are cut. Digits of 8 x 8 pixels are a hard case: of 80 numbers like these,
# 66 are read whole. Below are one picture and the images that the network was shown of it.

reader = load_reader()
pictures = [photograph(digits.images[rows], k) for k, rows in enumerate(writings)]
readings = [read_number(picture, reader) for picture in pictures]
print(*[reading.text for reading in readings])

picture, reading = pictures[3], readings[3]
fig = plt.figure(figsize=(9, 4.4), layout="constrained")
above, below = fig.subfigures(2, 1, height_ratios=[1.8, 1])
page, small = above.subplots(), below.subplots(1, len(reading.images))
page.imshow(picture, cmap="gray")
for (top, left, bottom, right), digit in zip(reading.boxes, reading.text, strict=True):
    page.plot([left, right, right, left, left], [top, top, bottom, bottom, top], "#0072b2")
    box = {"facecolor": "white", "edgecolor": "#0072b2", "pad": 2}
    page.text(left, top - 4, digit, va="bottom", bbox=box)
for ax, image, p in zip(small, reading.images, reading.confidence, strict=True):
    ax.imshow(image, cmap="gray_r", vmin=0, vmax=1)
    ax.set_title(f"{p:.0%} sure", fontsize=10)
for ax in (page, *small):
    ax.axis("off")
plt.show()
