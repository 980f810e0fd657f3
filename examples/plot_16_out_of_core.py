"""
More rows than memory
=====================

A file can be larger than the memory. NumPy's memmap reads of it what is asked for, and ``fit``
asks for one mini-batch at a time: a network can learn from it that takes the rows in order.
"""

# %%
# What fit takes, and what a copy takes
# -------------------------------------
# ``shuffle=False``: in random order each row would cost a visit to the disk, an epoch minutes
# instead of seconds; these rows lie in random order already. ``tracemalloc`` counts what is
# taken beside the file, which is of float32. A scaler copies everything.

import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np
from sklearn.preprocessing import StandardScaler

from sknn_basic import SigmoidMLPClassifier

MB, rng = 1e6, np.random.default_rng(0)
y = rng.integers(4, size=10_000)
centres = rng.random((4, 1000), dtype=np.float32)


def peak(function, *arguments):
    """Call it, and tell the most memory that was taken meanwhile, in bytes."""
    tracemalloc.start()
    function(*arguments)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


settings = {"eta": 0.05, "max_iter": 2, "tol": None, "random_state": 0, "shuffle": False}
network = SigmoidMLPClassifier((10,), **settings)
with TemporaryDirectory() as folder:
    path, shape = Path(folder) / "rows.dat", (len(y), centres.shape[1])
    X = np.memmap(path, dtype=np.float32, mode="w+", shape=shape)
    for start in range(0, len(y), 1000):
        rows = slice(start, start + 1000)
        noise = rng.standard_normal((1000, shape[1]), dtype=np.float32)
        X[rows] = centres[y[rows]] + 3 * noise
    X.flush()
    size = path.stat().st_size
    fitting = peak(network.fit, X, y)
    copying = peak(StandardScaler().fit_transform, X)
    accuracy = network.score(X, y)
    del X  # Windows removes no file that is in use
print(f"file {size / MB:.0f} MB, fit {fitting / MB:.2f} MB, scaler {copying / MB:.0f} MB")
print(f"{accuracy:.2f} of the rows right, weights in {network.coefs_[0].dtype}")

# %%
# In a picture
# ------------

fig, ax = plt.subplots(figsize=(7, 2.6), layout="constrained")
names = ["the file", "fit", "a scaler"]
bars = ax.barh(names, np.array([size, fitting, copying]) / MB)
for bar, color in zip(bars, ["#bbbbbb", "#0072b2", "#d55e00"], strict=True):
    bar.set_color(color)
ax.bar_label(bars, fmt="%.1f", padding=3)
ax.invert_yaxis()
ax.set(xlabel="MB", xlim=(0, 1.15 * max(size, copying) / MB))
plt.show()
