"""Displays draw the estimator's numbers, legibly: data, ticks, colours, texts, no overlap."""

import subprocess
import sys
from itertools import combinations, pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import Circle
from matplotlib.text import Text
from scipy.special import expit
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier
from sknn_basic.gradient_descent import minimize
from sknn_basic.logic import PerceptronNetwork, full_adder
from sknn_basic.plotting import (
    DescentDisplay,
    LossCurveDisplay,
    NetworkDisplay,
    WeightsDisplay,
)
from sknn_basic.plotting.network import NEGATIVE, POSITIVE

frame, target = load_iris(return_X_y=True, as_frame=True)
frame = (frame - frame.mean()) / frame.std()
X, y = frame.to_numpy(), np.array(["setosa", "versicolor", "virginica"])[target]
ESTIMATORS = [LossCurveDisplay, WeightsDisplay, NetworkDisplay]
NAMES = list(frame.columns)


def network(hidden=(3,), **parameters):
    settings = {"max_iter": 6, "tol": None, "random_state": 0} | parameters
    return SigmoidMLPClassifier(hidden, **settings)


def perceptron(**parameters):
    settings = {"max_iter": 7, "tol": None, "random_state": 0} | parameters
    return PerceptronClassifier(**settings)


def random_network(*sizes, **settings):
    """A network with weights N(0, 1/n_in)."""
    rng = np.random.default_rng(0)
    W = [rng.normal(size=s) / np.sqrt(s[0]) for s in pairwise(sizes)]
    b = [rng.normal(size=w.shape[1]) for w in W]
    return SigmoidMLPClassifier.from_weights(W, b, **settings)


def slow(*cases):
    """More of the same, for CI."""
    return [pytest.param(case, marks=pytest.mark.slow) for case in cases]


@pytest.fixture(autouse=True)
def paper():
    """No window opens, and no figure stays."""
    before = mpl.get_backend()
    plt.switch_backend("Agg")
    yield
    plt.close("all")
    plt.switch_backend(before)


def drawn(figure, monkeypatch):
    """The texts that were really drawn, each with its box in pixels."""
    texts, draw = [], Text.draw

    def noted(self, renderer):
        draw(self, renderer)
        if self.get_text().strip() and self.get_visible():
            texts.append((self.get_text(), self.get_window_extent(renderer), self))

    with monkeypatch.context() as patch:
        patch.setattr(Text, "draw", noted)
        figure.canvas.draw()  # the layout settles
        texts.clear()
        figure.canvas.draw()
    return texts


def written(display):
    """What stands beside circles, lines and images."""
    return [text.get_text() for text in display.ax_.texts]


def apart(a, b):
    """Whether two boxes have no more than a pixel in common."""
    return min(a.x1, b.x1) - max(a.x0, b.x0) < 1 or min(a.y1, b.y1) - max(a.y0, b.y0) < 1


def check_legible(display, monkeypatch):
    """No text on another one, on a neuron, beyond the figure, or smaller than 8 points."""
    figure, (width, height) = display.figure_, display.figure_.canvas.get_width_height()
    texts = drawn(figure, monkeypatch)
    assert texts
    circles = [("O", c.get_window_extent(), None) for c in display.ax_.findobj(Circle)]
    for (text, box, _), (other, beside, _) in combinations([*texts, *circles], 2):
        assert apart(box, beside) or text == other == "O", (text, other)
    for text, box, artist in texts:
        assert artist.get_fontsize() >= 8
        assert box.x0 > -1, text
        assert box.y0 > -1, text
        assert box.x1 < width + 1, text
        assert box.y1 < height + 1, text


@pytest.mark.parametrize(
    ("x", "y", "settings"),
    [(0.52, 0.5, {}), (0.95, 0.2, {}), (0.3, 0.2, {"fontsize": 7.5})],
)
def test_the_check_sees_what_cannot_be_read(x, y, settings, monkeypatch):
    display = LossCurveDisplay([1, 2]).plot()
    display.ax_.text(0.5, 0.5, "a text", transform=display.figure_.transFigure)
    check_legible(display, monkeypatch)
    another = {"transform": display.figure_.transFigure} | settings
    text = display.ax_.text(x, y, "another text", **another)
    text.set_in_layout(False)
    with pytest.raises(AssertionError):
        check_legible(display, monkeypatch)


# --- all displays ----------------------------------------------------------------------


@pytest.mark.parametrize("display", ESTIMATORS)
@pytest.mark.parametrize("estimator", [network(), perceptron()])
def test_not_fitted(display, estimator):
    with pytest.raises(NotFittedError):
        display.from_estimator(estimator)


@pytest.mark.parametrize("display", [WeightsDisplay, NetworkDisplay])
def test_other_estimators(display):
    with pytest.raises(TypeError, match="estimator must be a SigmoidMLPClassifier, a Perc"):
        display.from_estimator(object())


def displays(ax=None):
    """One of each, drawn on `ax`, or on new ones each."""
    model = network().fit(X, y)
    descent = minimize(bowl, start=[1.0, 2.0])
    yield lambda: LossCurveDisplay.from_estimator(model, ax=ax)
    yield lambda: WeightsDisplay.from_estimator(model, ax=ax)
    yield lambda: NetworkDisplay.from_estimator(model, ax=ax)
    yield lambda: DescentDisplay.from_result(descent, bowl, grid_resolution=5, ax=ax)


def bowl(v):
    return v[0] ** 2 + 3 * v[1] ** 2


def test_axes_given_are_drawn_on_and_no_others():
    figure, axes = plt.subplots(1, 2)
    for make in displays(axes[1]):
        display = make()
        assert display.ax_ is axes[1]
        assert display.figure_ is figure
        assert not axes[0].has_data()
    assert plt.get_fignums() == [figure.number]


def test_plot_draws_again_on_new_axes_and_returns_the_display():
    for make in displays():
        display = make()
        first = display.figure_
        assert display.plot() is display
        assert display.figure_ is not first
        assert display.ax_.figure is display.figure_


def test_what_are_no_axes():
    for make in displays("left"):
        with pytest.raises(TypeError, match="ax must be matplotlib axes or None, got 'left'"):
            make()


def test_without_matplotlib_it_says_what_to_install(monkeypatch):
    making = list(displays())
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    for make in making:
        with pytest.raises(ImportError, match="python -m pip install matplotlib"):
            make()


@pytest.mark.slow
def test_matplotlib_is_imported_to_draw_only():
    code = "import sys, sknn_basic.plotting; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- loss curves -----------------------------------------------------------------------


def epochs_drawn(line):
    return np.asarray(line.get_xdata()).tolist()


def test_the_loss_curve_is_the_estimators():
    model = network().fit(X, y)
    display = LossCurveDisplay.from_estimator(model)
    (line,) = display.lines_
    assert np.array_equal(line.get_ydata(), model.loss_curve_)
    assert epochs_drawn(line) == [1, 2, 3, 4, 5, 6]
    assert display.ax_.get_xlabel() == "epoch"
    assert display.ax_.get_ylabel() == "mean cost of a sample"
    assert display.ax_.get_legend() is None


def test_validation_loss_is_beside_it_and_in_the_legend():
    model = network().fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2])
    display = LossCurveDisplay.from_estimator(model)
    training, validation = display.lines_
    assert np.array_equal(training.get_ydata(), model.loss_curve_)
    assert np.array_equal(validation.get_ydata(), model.validation_loss_curve_)
    assert display.validation_ax_ is display.ax_
    names = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert names == ["training", "validation"]
    for look in ("get_color", "get_linestyle", "get_marker"):
        assert getattr(training, look)() != getattr(validation, look)()


def test_the_validation_score_has_an_axis_of_its_own():
    model = network().fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2])
    display = LossCurveDisplay.from_estimator(model, validation="score")
    assert np.array_equal(display.lines_[1].get_ydata(), model.validation_scores_)
    assert display.validation_ax_ is not display.ax_
    assert display.validation_ax_.get_ylabel() == "validation accuracy"
    assert display.lines_[1].axes is display.validation_ax_
    assert len(LossCurveDisplay.from_estimator(model, validation=None).lines_) == 1


def test_a_perceptrons_curve_is_its_mistakes():
    model = perceptron().fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2])
    display = LossCurveDisplay.from_estimator(model)
    assert display.lines_[0].get_ydata().tolist() == model.mistakes_
    assert display.ax_.get_ylabel() == "mistakes in an epoch"
    assert np.array_equal(display.lines_[1].get_ydata(), model.validation_loss_curve_)
    assert display.validation_ax_.get_ylabel() == "wrong outputs for a validation sample"


@pytest.mark.parametrize("validation", ["loss", "score"])
def test_several_estimators_on_the_same_axes(validation):
    ax = None
    for n_epochs in (4, 9):
        model = network(max_iter=n_epochs)
        model.fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2])
        display = LossCurveDisplay.from_estimator(
            model, validation=validation, ax=ax, label=f"{n_epochs} epochs"
        )
        ax = display.ax_
    assert len(display.figure_.axes) == (1 if validation == "loss" else 2)
    lines = [line for axes in display.figure_.axes for line in axes.lines]
    assert sorted(line.get_label() for line in lines) == sorted(
        ["4 epochs", "4 epochs, validation", "9 epochs", "9 epochs, validation"]
    )
    assert len({line.get_color() for line in lines}) == 4
    assert len({line.get_marker() for line in lines}) == 4
    legends = [axes.get_legend() for axes in display.figure_.axes]
    (legend,) = [legend for legend in legends if legend is not None]
    assert len(legend.get_texts()) == 4
    left, right = ax.get_xlim()
    assert 0 < left < 1
    assert right >= 9


def test_curves_of_neighbouring_axes_do_not_mix():
    figure, axes = plt.subplots(1, 2, sharex=True, layout="constrained")
    model = network().fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2])
    for ax in axes:
        display = LossCurveDisplay.from_estimator(model, validation="score", ax=ax)
    assert len(figure.axes) == 4
    assert [len(ax.lines) for ax in figure.axes] == [1, 1, 1, 1]
    assert len(display.validation_ax_.get_legend().get_texts()) == 2


@pytest.mark.parametrize("n", [1, 2, 3, 5, 17, 60, 1234])
def test_ticks_are_whole_epochs_from_1_on(n):
    display = LossCurveDisplay(np.linspace(2, 1, n)).plot()
    left, right = display.ax_.get_xlim()
    ticks = [tick for tick in display.ax_.get_xticks() if left <= tick <= right]
    assert ticks
    assert all(tick == round(tick) >= 1 for tick in ticks)
    labels = display.ax_.xaxis.get_major_formatter().format_ticks(ticks)
    assert labels == [str(round(tick)) for tick in ticks]


def test_line_properties_are_passed_on():
    display = LossCurveDisplay([3, 2, 1]).plot(color="red", linewidth=4)
    assert display.lines_[0].get_color() == "red"
    assert display.lines_[0].get_linewidth() == 4


@pytest.mark.parametrize("name", [None, "validation accuracy"])
def test_each_curve_has_properties_of_its_own(name):
    display = LossCurveDisplay([3, 2, 1], [4, 3, 2], validation_name=name)
    plain = [line.get_color() for line in display.plot().lines_]
    training, validation = display.plot(color="red").lines_
    assert [training.get_color(), validation.get_color()] == ["red", plain[1]]
    training, validation = display.plot(validation_kw={"color": "red", "lw": 4}).lines_
    assert [training.get_color(), validation.get_color()] == [plain[0], "red"]
    assert (training.get_linewidth(), validation.get_linewidth()) == (1.5, 4)


def test_each_part_of_the_images_has_properties_of_its_own():
    display = WeightsDisplay(np.eye(4), (2, 2), list("abcd")).plot(
        cmap="gray", text_kw={"color": "red"}, colorbar_kw={"ticks": [0.0, 1.0]}
    )
    assert {image.get_cmap().name for image in display.images_} == {"gray"}
    assert {text.get_color() for text in display.ax_.texts} == {"red"}
    assert display.colorbar_.get_ticks().tolist() == [0.0, 1.0]


def test_each_part_of_a_network_has_properties_of_its_own():
    display = NetworkDisplay.from_estimator(
        PerceptronClassifier.from_weights([1, 2], bias=3),
        line_kw={"linewidths": 7},
        neuron_kw={"facecolor": "red"},
        text_kw={"fontsize": 5, "color": "green"},
    )
    assert set(display.lines_[0].get_linewidths()) == {7}
    circles = [circle for column in display.circles_ for circle in column]
    assert {circle.get_facecolor() for circle in circles} == {(1.0, 0.0, 0.0, 1.0)}
    looks = {(text.get_fontsize(), text.get_color()) for text in display.ax_.texts}
    assert len(display.ax_.texts) == 8  # two inputs, one output, three numbers, two captions
    assert looks == {(5.0, "green")}


@pytest.mark.parametrize("dimensions", [1, 2])
def test_each_part_of_a_descent_has_properties_of_its_own(dimensions):
    start, cost = np.ones(dimensions), lambda v: np.sum(np.square(v))
    result = minimize(cost, lambda v: 2 * v, start=start, eta=0.1, max_iter=5)
    cost_kw = {"color": "red"} if dimensions == 1 else {"alpha": 0.5}
    display = DescentDisplay.from_result(
        result,
        lambda v: np.sum(np.square(v)),
        color="green",
        cost_kw=cost_kw,
        ends_kw={"color": "blue", "markersize": 3},
    )
    assert display.line_.get_color() == "green"
    if dimensions == 1:
        assert display.curve_.get_color() == "red"
    else:
        assert display.contours_.get_alpha() == 0.5
    ends = [line for line in display.ax_.lines if line.get_label() in ("start", "end")]
    assert [(line.get_color(), line.get_markersize()) for line in ends] == [("blue", 3)] * 2


@pytest.mark.parametrize("validation", ["score", *slow("loss")])
def test_loss_curves_are_legible(validation, monkeypatch):
    for model in (network(max_iter=20), perceptron(max_iter=20)):
        model.fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2])
        display = LossCurveDisplay.from_estimator(model, validation=validation)
        check_legible(display, monkeypatch)


def test_what_has_no_curve():
    stream = network().partial_fit(X, y, classes=np.unique(y))
    for model in (stream, random_network(4, 3), PerceptronClassifier.from_weights([1, 2])):
        with pytest.raises(ValueError, match="must have been trained by fit to have a curve"):
            LossCurveDisplay.from_estimator(model)
    with pytest.raises(ValueError, match="validation must be 'loss', 'score' or None, got 1"):
        LossCurveDisplay.from_estimator(network().fit(X, y), validation=1)


# --- weights ---------------------------------------------------------------------------


def test_images_are_the_weights_on_one_symmetric_scale():
    model = random_network(9, 5, 3)
    display = WeightsDisplay.from_estimator(model)
    W = model.coefs_[0]
    assert len(display.images_) == 5
    for k, image in enumerate(display.images_):
        assert np.array_equal(image.get_array(), W[:, k].reshape(3, 3))
        assert image.get_clim() == (-np.abs(W).max(), np.abs(W).max())
    assert display.colorbar_.mappable is display.images_[0]
    assert len(display.figure_.axes) == 2


def test_images_stand_upright_in_their_order():
    """Row 0 of an image is above its row 1; image 1 is right of image 0, image 3 below."""
    display = WeightsDisplay.from_estimator(random_network(6, 5, 3), shape=(3, 2))
    display.plot(n_columns=3).figure_.canvas.draw()
    boxes = [image.get_window_extent() for image in display.images_]
    assert boxes[1].x0 > boxes[0].x1
    assert boxes[3].y1 < boxes[0].y0
    assert boxes[3].x0 == pytest.approx(boxes[0].x0)
    left, right, bottom, top = display.images_[0].get_extent()
    to_pixels = display.ax_.transData.transform
    assert to_pixels((left, top))[1] > to_pixels((left, bottom))[1]
    assert display.images_[0].origin == "upper"
    size = np.abs(np.subtract(to_pixels((right, top)), to_pixels((left, bottom))))
    assert size[1] / size[0] == pytest.approx(3 / 2)


@pytest.mark.parametrize(
    ("neurons", "chosen"),
    [(None, range(5)), ([3, 0], [3, 0]), (2, [2]), (-1, [4]), (slice(1, 4), [1, 2, 3])],
)
def test_neurons_are_chosen(neurons, chosen):
    model = random_network(9, 5, 3)
    display = WeightsDisplay.from_estimator(model, neurons=neurons)
    images = np.array([image.get_array().ravel() for image in display.images_])
    assert np.array_equal(images, model.coefs_[0].T[list(chosen)])
    names = written(display)
    assert names == [str(k) for k in chosen]


def test_perceptrons_are_named_by_their_class():
    model = perceptron().fit(X, y)
    display = WeightsDisplay.from_estimator(model)
    images = [image.get_array().ravel() for image in display.images_]
    assert np.array_equal(images, model.coef_)
    assert written(display) == model.classes_.tolist()
    pair = perceptron().fit(X, y == "setosa")
    display = WeightsDisplay.from_estimator(pair)
    assert np.array_equal(display.images_[0].get_array().ravel(), pair.coef_[0])
    assert written(display) == ["True"]


def test_a_limit_and_what_is_beyond_it():
    model = random_network(9, 5, 3)
    display = WeightsDisplay.from_estimator(model, limit=0.1, cmap="cividis")
    assert display.images_[0].get_clim() == (-0.1, 0.1)
    assert display.images_[0].get_cmap().name == "cividis"
    assert display.colorbar_.extend == "both"
    assert WeightsDisplay.from_estimator(model).colorbar_.extend == "neither"


def test_weights_that_are_all_0_have_a_scale_too():
    display = WeightsDisplay.from_estimator(PerceptronClassifier.from_weights(np.zeros(4)))
    assert display.images_[0].get_clim() == (-1.0, 1.0)


@pytest.mark.parametrize("case", ["classes", *slow("many", "one", "wide", "tall")])
def test_weights_are_legible(case, monkeypatch):
    display = {
        "many": lambda: WeightsDisplay.from_estimator(random_network(64, 30, 3)),
        "one": lambda: WeightsDisplay.from_estimator(random_network(64, 1, 3)),
        "classes": lambda: WeightsDisplay.from_estimator(perceptron().fit(X, y)),
        "wide": lambda: WeightsDisplay.from_estimator(random_network(64, 5, 3), shape=(4, 16)),
        "tall": lambda: WeightsDisplay.from_estimator(
            random_network(64, 120, 3), shape=(32, 2), neurons=range(99, 111)
        ),
    }[case]()
    check_legible(display, monkeypatch)


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        ({"shape": None}, "shape must be given: 6 inputs do not make a square"),
        ({"shape": (2, 2)}, r"shape must be \(height, width\) with height \* width = 6 inp"),
        ({"shape": (-2, -3)}, "shape must be"),
        ({"shape": (2.0, 3.0)}, "shape must be"),
        ({"shape": 6}, "shape must be"),
        ({"neurons": 5}, "neurons must number some of the 5 neurons .* from 0 to 4; got 5"),
        ({"neurons": []}, "neurons must number"),
        ({"neurons": 1.5}, "neurons must number"),
        ({"neurons": "all"}, "neurons must number"),
        ({"n_columns": 0}, "n_columns must be an int of at least 1, got 0"),
        ({"limit": 0.0}, "limit must be a finite number above 0, got 0.0"),
        ({"limit": np.nan}, "limit must be a finite number above 0"),
    ],
)
def test_bad_parameters_of_weights(bad, match):
    with pytest.raises(ValueError, match=match):
        WeightsDisplay.from_estimator(random_network(6, 5, 3), **({"shape": (2, 3)} | bad))


# --- the network -----------------------------------------------------------------------


def ends_of(lines):
    return np.array([path.vertices for path in lines.get_paths()])


def weight_at(display, layer, k):
    """The neurons at the ends of line k of a layer: (from, to)."""
    ends = ends_of(display.lines_[layer])[k]
    return tuple(
        int(display.columns_[layer + side].neurons[np.argmin(np.abs(column - ends[side, 1]))])
        for side, column in enumerate(display.columns_[i].y for i in (layer, layer + 1))
    )


@pytest.mark.parametrize("hidden", [(), (3,), (5, 3)])
def test_every_weight_is_a_line_with_its_sign_and_size(hidden):
    model = network(hidden).fit(X, y)
    display = NetworkDisplay.from_estimator(model)
    sizes = [4, *hidden, 3]
    assert [len(circles) for circles in display.circles_] == sizes
    largest = max(np.abs(W).max() for W in model.coefs_)
    for layer, W in enumerate(model.coefs_):
        lines = display.lines_[layer]
        found = [weight_at(display, layer, k) for k in range(W.size)]
        assert sorted(found) == list(np.ndindex(W.shape))
        w = np.array([W[ends] for ends in found])
        assert np.array_equal(np.argsort(np.abs(w)), np.arange(W.size))  # the large on top
        purple, orange = to_rgba(POSITIVE), to_rgba(NEGATIVE)
        assert [tuple(c) for c in lines.get_colors()] == [
            purple if value > 0 else orange for value in w
        ]
        assert [dash is None for _, dash in lines.get_linestyle()] == list(w > 0)
        widths = np.maximum(0.15, 3.0 * np.abs(w) / largest)
        np.testing.assert_allclose(lines.get_linewidths(), widths)


def test_lines_end_in_the_circles():
    display = NetworkDisplay.from_estimator(random_network(3, 2, 4))
    for layer, lines in enumerate(display.lines_):
        for side in (0, 1):
            centers = {circle.center for circle in display.circles_[layer + side]}
            assert {tuple(end) for end in ends_of(lines)[:, side]} == centers


def test_a_weight_of_0_has_no_line():
    model = PerceptronClassifier.from_weights([1, 0, -2])
    display = NetworkDisplay.from_estimator(model)
    assert [weight_at(display, 0, k)[0] for k in range(2)] == [0, 2]
    assert len(display.lines_[0].get_paths()) == 2
    silent = NetworkDisplay.from_estimator(PerceptronClassifier.from_weights([0, 0]))
    assert len(silent.lines_[0].get_paths()) == 0


@pytest.mark.parametrize("most", [2, 5, *slow(12, 13)])
def test_large_layers_show_their_first_and_last_neurons(most):
    model = random_network(784, 13, 10)
    display = NetworkDisplay.from_estimator(model, max_neurons=most)
    for n, circles, column in zip(
        (784, 13, 10), display.circles_, display.columns_, strict=True
    ):
        shown = min(n, most)
        assert len(circles) == len(column.neurons) == shown
        first = [k for k in column.neurons if k < n // 2]
        assert len(first) - shown / 2 in (0, 0.5) or n <= most
        if n > most:
            wanted = [*range(len(first)), *range(n - most + len(first), n)]
            assert column.neurons.tolist() == wanted
            above, below = column.y[len(first) - 1], column.y[len(first)]
            assert column.gap == (above + below) / 2
    texts = written(display)
    assert texts.count("⋮") == sum(n > most for n in (784, 13, 10))
    assert {"784 inputs", "13 hidden", "10 outputs"} <= set(texts)


def test_captions_count_properly():
    texts = written(NetworkDisplay.from_estimator(random_network(1, 1)))
    assert {"1 input", "1 output"} <= set(texts)
    texts = written(NetworkDisplay.from_estimator(random_network(5000, 2, 3)))
    assert {"5,000 inputs", "2 hidden", "3 outputs"} <= set(texts)


@pytest.mark.parametrize(
    ("model", "outputs"),
    [
        (network(), ["setosa", "versicolor", "virginica"]),
        (network(output_code="binary"), ["bit 1", "bit 0"]),
        (
            network(output_code=[[0, 0, 1], [0, 1, 0], [1, 1, 1]]),
            [f"output {k}" for k in range(3)],
        ),
        (perceptron(), ["setosa", "versicolor", "virginica"]),
    ],
)
def test_inputs_and_outputs_have_their_names(model, outputs):
    display = NetworkDisplay.from_estimator(model.fit(frame, y))
    heights = {text.get_text(): text.get_position()[1] for text in display.ax_.texts}
    for column, names in zip(
        display.columns_[:: len(display.columns_) - 1], (NAMES, outputs), strict=True
    ):
        assert [heights[name] for name in names] == column.y.tolist()
        assert list(column.y) == sorted(column.y, reverse=True)
    texts = set(written(NetworkDisplay.from_estimator(model.fit(X, y))))
    assert {"x0", "x1", "x2", "x3", *outputs} <= texts


@pytest.mark.parametrize("code", ["one_hot", "binary"])
def test_the_neuron_of_two_classes_fires_for_the_second(code):
    model = network(output_code=code).fit(X, np.where(target == 0, "a", "b"))
    texts = set(written(NetworkDisplay.from_estimator(model)))
    assert "b" in texts
    assert "a" not in texts


def test_several_labels():
    model = network().fit(X, np.eye(3, dtype=int)[target])
    texts = set(written(NetworkDisplay.from_estimator(model)))
    assert {"label 0", "label 1", "label 2"} <= texts


def test_one_neuron_shows_its_numbers():
    model = PerceptronClassifier.from_weights(
        [6, 2, -2.5],
        threshold=5,
        classes=["stay", "go"],
        feature_names=["sun", "friend", "train"],
    )
    texts = set(written(NetworkDisplay.from_estimator(model)))
    assert {"sun", "friend", "train", "go", "6", "2", "−2.5", "b = −5"} <= texts


def test_long_names_lose_their_middle():
    long = frame.rename(columns=lambda name: f"this is what we measured of the {name}")
    model = network().fit(long, [f"an iris of the kind {name}" for name in y])
    texts = set(written(NetworkDisplay.from_estimator(model)))
    assert {"this is wh…ength (cm)", "an iris of… virginica", "an iris of…versicolor"} <= texts
    assert max(map(len, texts)) <= 22


# --- activations -----------------------------------------------------------------------


def colours_of(display, layer):
    return np.array([circle.get_facecolor() for circle in display.circles_[layer]])


def test_activations_fill_the_circles():
    model = random_network(4, 5, 3)
    x = np.array([0.0, 0.2, 0.9, 1.0])
    display = NetworkDisplay.from_estimator(model, x=x)
    scale = mpl.colormaps["cividis"]
    outputs = expit(model.decision_function([x])[0])
    wanted = [x, model.hidden_activations([x])[0], outputs]
    for layer, A in enumerate(wanted):
        np.testing.assert_allclose(colours_of(display, layer), scale(A), atol=1e-9)
    assert display.colorbar_.mappable.get_clim() == (0.0, 1.0)
    texts = written(display)
    assert {f"{k}  {a:.2f}" for k, a in enumerate(outputs)} <= set(texts)


def test_inputs_beyond_0_and_1_are_scaled_and_it_is_said():
    x = np.array([-2.0, 0.0, 1.0, 2.0])
    display = NetworkDisplay.from_estimator(random_network(4, 5, 3), x=x)
    np.testing.assert_allclose(
        colours_of(display, 0), mpl.colormaps["cividis"]([0.0, 0.5, 0.75, 1.0])
    )
    assert display.colorbar_.ax.get_ylabel() == "activation\n(inputs: from -2 to 2)"


def test_of_large_layers_the_right_activations_are_shown():
    model = random_network(100, 30, 3)
    x = np.linspace(0, 1, 100)
    display = NetworkDisplay.from_estimator(model, x=x, max_neurons=4)
    scale = mpl.colormaps["cividis"]
    np.testing.assert_allclose(colours_of(display, 0), scale(x[[0, 1, 98, 99]]))
    hidden = model.hidden_activations([x])[0]
    np.testing.assert_allclose(colours_of(display, 1), scale(hidden[[0, 1, 28, 29]]))


def test_perceptrons_fire_or_do_not():
    model = PerceptronClassifier.from_weights([[1, 0], [0, 1], [-1, -1]], classes=list("abc"))
    display = NetworkDisplay.from_estimator(model, x=[1, 0])
    scale = mpl.colormaps["cividis"]
    np.testing.assert_allclose(colours_of(display, 1), scale([1.0, 0.0, 0.0]))


@pytest.mark.parametrize("row", [[0, 1, 1], [1, 0, 1], [1, 1, 1], [0, 0, 0]])
def test_circuits_are_drawn_layer_by_layer(row):
    circuit = full_adder()
    display = NetworkDisplay.from_estimator(circuit, x=row)
    assert len(display.circles_) == circuit.depth + 1
    scale = mpl.colormaps["cividis"]
    fired = circuit.predict([row])[0].astype(float)
    np.testing.assert_allclose(colours_of(display, -1), scale(fired))
    texts = written(display)
    assert {f"output {k}  {a:.2f}" for k, a in enumerate(fired)} <= set(texts)


@pytest.mark.parametrize("kind", [list, np.array, pd.Series, lambda x: pd.DataFrame([x])])
def test_forms_of_a_sample(kind):
    x = [0.1, 0.2, 0.3, 0.4]
    display = NetworkDisplay.from_estimator(random_network(4, 3), x=kind(x))
    np.testing.assert_allclose(colours_of(display, 0), mpl.colormaps["cividis"](x))


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        ({"x": [1, 2, 3]}, r"x must be one sample of 4 numbers, got shape \(3,\)"),
        ({"x": np.ones((2, 4))}, r"x must be one sample of 4 numbers, got shape \(2, 4\)"),
        ({"x": [1, 2, 3, np.nan]}, "Input x contains NaN"),
        ({"max_neurons": 1}, "max_neurons must be an int of at least 2, got 1"),
        ({"max_neurons": 2.5}, "max_neurons must be an int of at least 2"),
    ],
)
def test_bad_parameters_of_networks(bad, match):
    with pytest.raises(ValueError, match=match):
        NetworkDisplay.from_estimator(random_network(4, 3), **bad)


LEGIBLE = {
    "digits": lambda: (random_network(784, 15, 10), np.linspace(0, 1, 784)),
    "iris": lambda: (network((5, 3)).fit(frame, y), X[100]),
    "perceptron": lambda: (
        PerceptronClassifier.from_weights([6, 2, 2], threshold=5),
        [1, 0, 1],
    ),
    "long": lambda: (
        network().fit(
            frame.add_prefix("a very long name "), [f"of a kind {name}" for name in y]
        ),
        None,
    ),
    "small": lambda: (PerceptronClassifier.from_weights([1.0]), None),
    "pair": lambda: (network().fit(X, y == "setosa"), X[0]),
    "labels": lambda: (network().fit(X, np.eye(3, dtype=int)[target]), X[0]),
    "wide": lambda: (random_network(64, 100, 10), np.linspace(0, 1, 64)),
    "circuit": lambda: (full_adder(), [1, 0, 1]),
    "xor": lambda: (
        PerceptronNetwork([([[2, -2], [2, -2]], [-1, 3]), ([[2], [2]], [-3])]),
        [1, 0],
    ),
}


@pytest.mark.parametrize("case", [*LEGIBLE][:3] + slow(*[*LEGIBLE][3:]))
def test_networks_are_legible(case, monkeypatch):
    model, x = LEGIBLE[case]()
    check_legible(NetworkDisplay.from_estimator(model, x=x), monkeypatch)


# --- descent ---------------------------------------------------------------------------


def test_the_path_is_on_the_map_of_the_cost(monkeypatch):
    result = minimize(bowl, start=[3.0, 2.0], eta=0.1)
    display = DescentDisplay.from_result(result, bowl, grid_resolution=30)
    assert np.array_equal(display.line_.get_xydata(), result.path)
    v1, v2 = np.meshgrid(*display.grid)
    assert np.array_equal(display.heights, bowl(np.array([v1, v2])))
    assert display.curve_ is None
    levels = display.contours_.levels
    assert (levels[0], levels[-1]) == (display.heights.min(), display.heights.max())
    rings = np.sqrt(levels - levels[0])
    np.testing.assert_allclose(np.diff(rings), rings[-1] / 15)
    marked = {line.get_label(): line.get_xydata()[0] for line in display.ax_.lines}
    assert np.array_equal(marked["start"], result.path[0])
    assert np.array_equal(marked["end"], result.x)
    check_legible(display, monkeypatch)


def test_limits_hold_all_of_the_path_or_are_those_given():
    result = minimize(bowl, start=[3.0, 2.0], eta=0.3)
    ax = DescentDisplay.from_result(result, bowl, grid_resolution=5).ax_
    for low_high, along in zip((ax.get_xlim(), ax.get_ylim()), result.path.T, strict=True):
        assert low_high[0] < along.min() < along.max() < low_high[1]
    display = DescentDisplay.from_result(
        result, bowl, xlim=(-1, 2), ylim=[0, 5], grid_resolution=7
    )
    assert display.ax_.get_xlim() == (-1, 2)
    assert display.ax_.get_ylim() == (0, 5)
    assert [(len(g), g[0], g[-1]) for g in display.grid] == [(7, -1, 2), (7, 0, 5)]


@pytest.mark.parametrize("start", [2.0, *slow([2.0])])
def test_one_variable_is_drawn_on_its_curve(start, monkeypatch):
    shapes = set()

    def cost(v):
        shapes.add(np.shape(v))
        return v**4 - 3 * v**2 + v

    result = minimize(cost, start=start, eta=0.02, max_iter=30)
    display = DescentDisplay.from_result(result, cost, xlim=(-2, 2.5))
    assert shapes == {np.shape(start)}
    x = display.curve_.get_xdata()
    assert (x[0], x[-1]) == (-2, 2.5)
    np.testing.assert_allclose(display.curve_.get_ydata(), cost(x), rtol=1e-12)
    points = display.line_.get_xydata()
    assert np.array_equal(points, np.column_stack([result.path[:, 0], result.costs]))
    assert display.contours_ is None
    check_legible(display, monkeypatch)


def test_where_the_cost_is_not_finite_the_map_is_empty():
    def cost(v):
        return np.log(v[0]) ** 2 + v[1] ** 2

    result = minimize(cost, start=[2.0, 1.0], max_iter=5)
    display = DescentDisplay.from_result(result, cost, xlim=(-1, 3), grid_resolution=20)
    beyond = display.grid[0] <= 0
    assert beyond.any()
    assert np.isnan(display.heights[:, display.grid[0] < 0]).all()
    assert np.isfinite(display.contours_.levels).all()


def test_flat_costs_and_paths_of_one_point():
    result = minimize(lambda v: 5.0, start=[1.0, 2.0])
    display = DescentDisplay.from_result(result, lambda v: 5.0, grid_resolution=4)
    assert display.contours_ is None
    assert display.line_.get_xydata().tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize("unit", [1e-7, *slow(1e-2, 1.0, 1e4, 1e9)])
def test_costs_of_all_sizes_have_labels_that_differ(unit, monkeypatch):
    def cost(v):
        return unit * bowl(v)

    result = minimize(cost, start=[3.0, 2.0], eta=0.1 / unit)
    display = DescentDisplay.from_result(result, cost, grid_resolution=10)
    check_legible(display, monkeypatch)
    labels = [label.get_text() for label in display.figure_.axes[1].get_yticklabels()]
    labels = [label for label in labels if label]
    assert len(set(labels)) == len(labels) >= 5


@pytest.mark.parametrize(
    ("result", "bad", "match"),
    [
        (minimize(np.sum, start=np.ones(3), max_iter=1), {}, "one or two variables .*, got 3"),
        ({"path": 1}, {}, "result must be what sknn_basic.gradient_descent.minimize returns"),
        (None, {"grid_resolution": 1}, "grid_resolution must be an int of at least 2, got 1"),
        (None, {"grid_resolution": 9.5}, "grid_resolution must be an int"),
        (None, {"xlim": (1, 1)}, "xlim must be two finite numbers, the first smaller"),
        (None, {"ylim": (0, np.inf)}, "ylim must be two finite numbers"),
        (None, {"ylim": 3}, "ylim must be two finite numbers"),
        (None, {"cost": lambda v: v}, "cost must return one real number"),
        (None, {"cost": lambda v: np.nan}, "cost must be finite somewhere between xlim and"),
    ],
)
def test_bad_parameters_of_descent(result, bad, match):
    good = minimize(bowl, start=[3.0, 2.0], max_iter=2)
    settings = {"cost": bowl, "grid_resolution": 4} | bad
    with pytest.raises(ValueError, match=match):
        DescentDisplay.from_result(good if result is None else result, **settings)
