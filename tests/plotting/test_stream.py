"""The picture of a stream: what is drawn is what was seen."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.plotting import StreamDisplay
from sknn_basic.plotting._paper import INKS

X, y = load_iris(return_X_y=True)


def streamed(kind=SigmoidMLPClassifier, **parameters):
    """A classifier that has met its classes one after another."""
    model = kind(**parameters, batch_size=1, random_state=0)
    for label in (0, 1, 2):
        model.partial_fit(X[y <= label], y[y <= label], growing=True)
    return model


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(
    sizes=st.lists(st.integers(1, 7), min_size=1, max_size=20),
    window=st.integers(1, 60),
    start=st.integers(0, 30),
    seed=st.integers(0, 9),
)
def test_the_running_mean_is_that_of_the_last_samples(sizes, window, start, seed):
    means = np.random.default_rng(seed).random(len(sizes))
    costs = np.repeat(means, sizes)
    display = StreamDisplay(start + np.cumsum(sizes), means, start=start)
    seen, told = display.running_mean(window)
    for end, mean in zip(seen - start, told, strict=True):
        assert mean == pytest.approx(costs[max(0, end - window) : end].mean())


def test_the_stream_is_the_estimators():
    model = streamed(hidden_layer_sizes=(3,))
    display = StreamDisplay.from_estimator(model, window=30)
    seen, costs = model.stream_curve_
    assert np.array_equal(display.points_.get_xdata(), seen)
    assert np.array_equal(display.points_.get_ydata(), costs)
    assert np.array_equal(display.line_.get_ydata(), display.running_mean(30)[1])
    assert display.ax_.get_ylabel() == "mean cost of a sample"


def test_a_mark_wherever_a_class_came():
    display = StreamDisplay.from_estimator(streamed(hidden_layer_sizes=(3,)))
    assert display.marks == ((50, 1), (150, 2))
    assert [line.get_xdata()[0] for line in display.marks_] == [50, 150]
    assert [text.get_text() for text in display.ax_.texts] == ["new: 1", "new: 2"]
    assert StreamDisplay([5], [0.1]).plot().marks_ == []


def test_classes_that_came_together_share_a_mark():
    model = PerceptronClassifier(batch_size=1)
    model.partial_fit(X[:50], y[:50], growing=True).partial_fit(X, y, growing=True)
    display = StreamDisplay.from_estimator(model)
    assert [text.get_text() for text in display.ax_.texts] == ["new: 1, 2"]


def test_many_new_classes_are_marked_without_names():
    model = PerceptronClassifier(batch_size=1)
    for label in range(20):
        model.partial_fit(X[label : label + 1], [label], growing=True)
    display = StreamDisplay.from_estimator(model)
    assert len(display.marks_) == 19
    assert not display.ax_.texts
    assert display.ax_.get_ylabel() == "wrong outputs a sample"


def test_a_stream_after_a_fit_begins_where_that_ended():
    model = SigmoidMLPClassifier((3,), max_iter=2, tol=None, batch_size=1, random_state=0)
    model.fit(X, y).partial_fit(X, y)
    display = StreamDisplay.from_estimator(model, window=10**9)
    assert display.start == 300
    assert display.line_.get_xdata()[-1] == 450
    assert display.line_.get_ydata()[-1] == pytest.approx(model.loss_)


def test_several_streams_on_the_same_axes():
    _, ax = plt.subplots()
    one = StreamDisplay.from_estimator(streamed(hidden_layer_sizes=(3,)), ax=ax, label="3")
    other = StreamDisplay.from_estimator(streamed(hidden_layer_sizes=(5,)), ax=ax, label="5")
    assert one.ax_ is other.ax_ is ax
    assert [one.line_.get_color(), other.line_.get_color()] == list(INKS[:2])
    assert ax.get_legend_handles_labels()[1] == ["3", "5"]


def test_what_has_no_stream():
    with pytest.raises(NotFittedError):
        StreamDisplay.from_estimator(PerceptronClassifier())
    with pytest.raises(ValueError, match=r"partial_fit .*LossCurveDisplay"):
        StreamDisplay.from_estimator(PerceptronClassifier(max_iter=2, tol=None).fit(X, y))


@pytest.mark.parametrize(("seen", "costs"), [([], []), ([1, 2], [0.5]), ([[1]], [[0.5]])])
def test_points_and_costs_that_do_not_fit(seen, costs):
    with pytest.raises(ValueError, match=r"seen and costs must be .* got shapes"):
        StreamDisplay(seen, costs).plot()


@pytest.mark.parametrize("window", [0, -1, 2.0, True, "5"])
def test_a_bad_window_is_named(window):
    with pytest.raises(ValueError, match=r"window must be an int from 1 on.*got"):
        StreamDisplay([5], [0.1]).plot(window=window)
