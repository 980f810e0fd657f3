"""Digits as another hand could have written them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from sknn_basic import SigmoidMLPClassifier
from sknn_basic.digits import distorted

X, y = load_digits(return_X_y=True)
STILL = dict.fromkeys(("angle", "shear", "stretch", "shift", "bend", "pen"), 0.0)


def ring(side=28, n=1):
    """A ring in the middle of an image, n times."""
    rows, columns = np.indices((side, side)) - (side - 1) / 2
    away = np.abs(np.hypot(rows, columns) - side / 4)
    return np.repeat(np.clip(2.0 - away, 0, 1)[None], n, axis=0)


def middle(images):
    """Row and column of each image's centre of mass."""
    weight = images / images.sum(axis=(1, 2), keepdims=True)
    places = np.arange(images.shape[1])
    return np.stack([weight.sum(axis=2) @ places, weight.sum(axis=1) @ places], axis=1)


def test_without_any_strength_nothing_changes():
    np.testing.assert_allclose(distorted(X, random_state=0, **STILL), X, atol=1e-12)


def test_a_seed_decides_and_another_call_gives_others():
    one, same, other = (distorted(X[:50], random_state=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).mean() > 0.1
    shared = np.random.RandomState(0)
    first, second = (distorted(X[:50], random_state=shared) for _ in range(2))
    assert np.abs(first - second).mean() > 0.1


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    dtype=st.sampled_from([np.float32, np.float64, np.uint8]),
    shape=st.sampled_from([(0, 7), (3, 5, 9), (2, 784), (1, 1), (4, 28, 28)]),
)
def test_shape_type_and_range_are_kept(seed, dtype, shape):
    images = np.random.default_rng(seed).uniform(0, 200, shape).astype(dtype)
    if shape[0] == 0 or (len(shape) == 2 and round(shape[1] ** 0.5) ** 2 != shape[1]):
        with pytest.raises(ValueError, match=r"images|0 sample"):
            distorted(images, random_state=seed)
        return
    before = images.copy()
    new = distorted(images, random_state=seed)
    assert new.shape == images.shape
    assert new.dtype == (np.float32 if dtype == np.float32 else np.float64)
    assert new.min() >= -1e-3
    assert new.max() <= images.max() + 1e-3
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize("name", STILL)
def test_each_strength_changes_images_by_itself(name):
    strength = {"pen": 0.9, "shift": 2.0, "bend": 2.0}.get(name, 0.4)
    images = np.pad(ring(20, 40)[:, :, :14], ((0, 0), (4, 4), (4, 10)))
    new = distorted(images, random_state=0, **(STILL | {name: strength}))
    changed = np.abs(new - images).sum(axis=(1, 2))
    assert np.sum(changed > 1.0) >= 30
    assert len(np.unique(np.round(changed, 6))) > 30  # each image by its own amount


def test_shifts_fill_their_range_and_no_more():
    new = distorted(ring(n=400), random_state=0, **(STILL | {"shift": 3.0}))
    away = middle(new) - 13.5
    assert np.abs(away).max() <= 3.0 + 1e-6
    assert np.all(away.std(axis=0) > 0.9 * 3.0 / np.sqrt(3))


def test_the_field_has_the_standard_deviation_that_is_asked_for():
    rows = np.repeat(np.arange(28.0)[None, :, None], 28, axis=2).repeat(300, axis=0)
    new = distorted(rows, random_state=0, **(STILL | {"bend": 1.5}))
    inside = (new - rows)[:, 8:-8, 8:-8]
    assert abs(inside.std() - 1.5) < 0.15
    assert np.abs(np.diff(inside, axis=1)).mean() < 0.5  # smooth


def test_pens_are_thinner_and_thicker():
    ink = distorted(ring(n=200), random_state=0, **(STILL | {"pen": 1.0})).sum(axis=(1, 2))
    own = ring().sum()
    assert ink.min() < 0.6 * own
    assert ink.max() > 1.4 * own


@pytest.mark.parametrize("value", [-0.1, np.nan, np.inf, "1", None, [0.1]])
@pytest.mark.parametrize("name", ["angle", "bend", "pen"])
def test_wrong_strengths_are_refused(name, value):
    with pytest.raises(ValueError, match=f"{name} must be a finite number"):
        distorted(X[:3], **{name: value})


def test_wrong_images_are_refused():
    with pytest.raises(ValueError, match=r"\(n, side²\) or \(n, height, width\), got \(2, 7\)"):
        distorted(np.ones((2, 7)))
    with pytest.raises(ValueError, match="NaN"):
        distorted([[np.nan]])
    with pytest.raises(ValueError, match=r"pen must be a finite number from 0 to 1, got 1\.5"):
        distorted(X[:3], pen=1.5)


def test_distorted_copies_teach_a_network_to_read_slanted_digits():
    gentle = {"shift": 0.3, "bend": 0.2, "pen": 0.2, "angle": 0.3, "shear": 0.3}
    X_test = distorted(X[1000:] / 16, random_state=99, **gentle)
    scores = []
    for teach in (
        lambda seed: X[:1000] / 16,
        lambda seed: distorted(X[:1000] / 16, random_state=seed, **gentle),
    ):
        network = SigmoidMLPClassifier((40,), eta=0.3, batch_size=10, random_state=0)
        for epoch in range(30):
            network.partial_fit(teach(epoch), y[:1000], classes=range(10))
        scores.append(network.score(X_test, y[1000:]))
    assert scores[1] > scores[0] + 0.03
