"""
Learning from a file, chunk by chunk
====================================

A table on disk need not be read as a whole. Pandas reads a CSV file in chunks, and
``partial_fit`` learns from each as it comes.
"""

# %%
# A file of digits
# ----------------
# Here it is written first: 64 columns of grey and one of labels. In its first 700 rows there is
# no 8 and no 9. 300 digits stay out of it, to test on.

from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from sknn_basic import SigmoidMLPClassifier

table = load_digits(as_frame=True).frame
train, test = train_test_split(table, test_size=300, random_state=0)
first = train[train["target"] < 8][:700]
rows = pd.concat([first, train.drop(first.index).sample(frac=1, random_state=0)])


def parts(rows):
    """Inputs and labels of some rows."""
    return rows.drop(columns="target") / 16, rows["target"]


# %%
# Read a chunk, learn it, forget it
# ---------------------------------
# One network is told all classes at the start. With ``growing=True`` nobody needs to know them:
# a new label adds an output neuron. The columns' names come along; a chunk with other names is
# an error. A Parquet file goes the same way: ``ParquetFile(path).iter_batches(batch_size)`` of
# pyarrow gives batches, and ``batch.to_pandas()`` makes such a table of each.
#
# Until the dotted line neither can be right on an 8 or a 9; a few chunks later both are at nine
# in ten. Not to know the labels costs nothing; which curve ends above the other is chance.

ways = {"told at the start": {"classes": range(10)}, "growing": {"growing": True}}
networks, accuracy, read = {}, {way: [] for way in ways}, range(100, len(rows) + 100, 100)
for way in ways:
    networks[way] = SigmoidMLPClassifier((30,), eta=0.2, batch_size=1, random_state=0)
with TemporaryDirectory() as folder:
    path = Path(folder) / "digits.csv"
    rows.to_csv(path, index=False)
    with pd.read_csv(path, chunksize=100) as chunks:
        for chunk in chunks:
            for way, options in ways.items():
                networks[way].partial_fit(*parts(chunk), **options)
                accuracy[way].append(networks[way].score(*parts(test)))
print(
    f"{len(rows)} rows read once; right:", {way: f"{a[-1]:.2f}" for way, a in accuracy.items()}
)

fig, ax = plt.subplots(figsize=(7, 3.8), layout="constrained")
for (way, scores), look in zip(accuracy.items(), ["o-", "s--"], strict=True):
    ax.plot(read, scores, look, color="#0072b2" if look == "o-" else "#d55e00", label=way)
ax.axvline(len(first), color="black", linestyle=":", label="the first 8 or 9")
ax.set(xlabel="rows read", ylabel="accuracy on the other digits", ylim=(0, 1))
ax.grid(alpha=0.3)
ax.legend(title="classes", loc="lower right")
plt.show()
