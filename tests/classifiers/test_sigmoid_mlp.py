"""What is the network's own: outputs and probabilities, costs, schedules, what is kept."""

from itertools import pairwise

import numpy as np
import pytest
from iris_models import NETWORK, X, fitted, y
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.preprocessing import scale

from sknn_basic import SigmoidMLPClassifier

SHORT = SigmoidMLPClassifier((6,), max_iter=30, tol=None, random_state=0)


@pytest.mark.parametrize(
    ("labels", "n_outputs"), [(y, 3), (y == 1, 1), (np.where(y > 0, "up", "down"), 1)]
)
def test_output_neurons_and_probabilities(labels, n_outputs):
    model = clone(SHORT).fit(X, labels)
    P = model.predict_proba(X)
    assert model.n_outputs_ == n_outputs
    assert P.shape == (150, len(model.classes_))
    np.testing.assert_allclose(P.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(np.log(P), model.predict_log_proba(X), rtol=1e-9)
    assert np.array_equal(model.classes_[P.argmax(axis=1)], model.predict(X))
    assert log_loss(labels, P) < 0.4


def test_the_answer_is_the_most_activated_output():
    model = clone(SHORT).fit(X, y)
    assert np.array_equal(model.predict(X), model.decision_function(X).argmax(axis=1))


def test_saturated_outputs_give_probabilities_all_the_same():
    model = clone(SHORT).fit(X, y)
    with np.errstate(all="raise"):
        P = model.predict_proba(X * 1e300)
    assert np.isfinite(P).all()
    np.testing.assert_allclose(P.sum(axis=1), 1.0)


def test_several_labels_a_sample():
    Y = np.column_stack([y == 0, y == 1, y == 2, y > 0]).astype(int)
    model = clone(SHORT).fit(X, Y)
    assert model.n_outputs_ == 4
    assert model.predict_proba(X).shape == Y.shape
    assert np.array_equal(model.predict(X), model.predict_proba(X) > 0.5)
    assert model.score(X, Y) > 0.8


@pytest.mark.parametrize("hidden", [(), 5, [4, 3], np.array([4, 3, 2])])
def test_hidden_layers_of_any_depth(hidden):
    model = clone(SHORT).set_params(hidden_layer_sizes=hidden, max_iter=2).fit(X, y)
    sizes = [4, *np.atleast_1d(np.asarray(hidden, dtype=int)), 3]
    assert model.n_layers_ == len(sizes)
    assert [W.shape for W in model.coefs_] == list(pairwise(sizes))
    assert [b.shape for b in model.intercepts_] == [(n,) for n in sizes[1:]]


def test_float32_stays_float32():
    model = clone(SHORT).fit(X.astype(np.float32), y)
    learnt = [*model.coefs_, *model.intercepts_, model.predict_proba(X.astype(np.float32))]
    assert {array.dtype for array in learnt} == {np.dtype(np.float32)}
    model.partial_fit(X, y)
    assert model.coefs_[0].dtype == np.float32


class LabelSmoothing:
    """The cross-entropy towards targets of 0.1 and 0.9, as a user may write it."""

    def value(self, A, Y):
        T = 0.1 + 0.8 * Y
        return -(T * np.log(A) + (1 - T) * np.log(1 - A)).sum(axis=1)

    def output_error(self, A, Y):
        return A - (0.1 + 0.8 * Y)


def test_a_cost_of_ones_own():
    model = clone(SHORT).set_params(cost=LabelSmoothing(), max_iter=300, eta=1.0).fit(X, y)
    assert model.score(X, y) > 0.95
    activations = 1 / (1 + np.exp(-model.decision_function(X)))
    assert np.median(activations.max(axis=1)) == pytest.approx(0.9, abs=0.03)


def test_the_loss_curve_has_an_entry_an_epoch_and_falls():
    model = clone(SHORT).fit(X, y)
    assert len(model.loss_curve_) == model.n_iter_ == 30
    assert model.t_ == 30 * 150
    assert model.loss_ == model.loss_curve_[-1] < 0.5 * model.loss_curve_[0]
    assert model.best_loss_ == min(model.loss_curve_)


def test_training_stops_when_the_cost_no_longer_falls():
    model = SigmoidMLPClassifier((), tol=1e-2, n_iter_no_change=3, random_state=0).fit(X, y)
    assert model.n_iter_ < 200
    curve = np.array(model.loss_curve_)
    improved = curve[1:] <= np.minimum.accumulate(curve)[:-1] - 1e-2
    assert not improved[-4:].any()
    assert improved[-5]


def test_reaching_max_iter_is_told():
    with pytest.warns(ConvergenceWarning, match="max_iter=2 epochs were reached"):
        SigmoidMLPClassifier(max_iter=2).fit(X, y)


def test_inverse_scaling_shrinks_every_step():
    slow, fast = (
        clone(SHORT).set_params(learning_rate="invscaling", power_t=power).fit(X, y)
        for power in (1.0, 0.0)
    )
    constant = clone(SHORT).fit(X, y)
    assert np.array_equal(fast.coefs_[0], constant.coefs_[0])
    assert slow.loss_ > constant.loss_


def test_the_adaptive_rate_falls_when_patience_is_lost():
    model = SigmoidMLPClassifier(
        (), learning_rate="adaptive", tol=0.1, n_iter_no_change=2, random_state=0
    ).fit(X, y)
    assert model._training.eta_factor < 1e-5  # it ended because the rate became negligible
    assert model.n_iter_ < 200


def test_keep_best_returns_the_weights_with_the_lowest_training_cost():
    better = 0
    for seed in range(5):
        model = SigmoidMLPClassifier((10,), eta=10.0, momentum=0.9, random_state=seed)
        best = clone(model).set_params(keep="best", max_iter=30, tol=None).fit(X, y)
        costs = [cost(model.partial_fit(X, y, classes=[0, 1, 2])) for _ in range(30)]
        assert cost(best) == min(costs)
        better += min(costs) < costs[-1]
    assert better > 0


def cost(model):
    """Mean cross-entropy of the output neurons, from the decision function."""
    Z, Y = model.decision_function(X), np.eye(3)[y]
    return (np.logaddexp(0, Z) - Y * Z).sum(axis=1).mean()


def test_l2_means_the_same_at_every_batch_size():
    norms = [
        np.linalg.norm(
            SigmoidMLPClassifier(
                (4,), alpha=0.1, batch_size=m, max_iter=100, tol=None, random_state=0, eta=0.05
            )
            .fit(X, y)
            .coefs_[0]
        )
        for m in (1, 10)
    ]
    assert norms[0] == pytest.approx(norms[1], rel=0.25)


def test_validation_is_scored_every_epoch():
    X, y = load_digits(return_X_y=True)
    model = SigmoidMLPClassifier(early_stopping=True, max_iter=8, tol=None, random_state=0)
    model.fit(X / 16, y)
    assert len(model.validation_scores_) == len(model.validation_loss_curve_) == 8
    assert model.best_validation_score_ == max(model.validation_scores_) > 0.8
    assert model.t_ == 8 * (1797 - 180)
    model.set_params(early_stopping=False).fit(X / 16, y)
    assert not hasattr(model, "validation_scores_")


def test_a_network_learns_what_a_perceptron_cannot():
    bits, xor = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), [0, 1, 1, 0]
    model = SigmoidMLPClassifier((8,), eta=5.0, max_iter=2000, tol=None, random_state=0)
    assert model.fit(bits, xor).score(bits, xor) == 1.0


def test_class_weights_count_at_every_batch_size():
    X, y = load_breast_cancer(return_X_y=True)
    X = scale(X)
    for m in (1, 32):
        plain, heavy = (
            SigmoidMLPClassifier(
                (), class_weight=weights, batch_size=m, eta=0.01, max_iter=5, tol=None,
                random_state=0,
            )
            .fit(X, y)
            .predict(X)
            .mean()
            for weights in (None, {0: 1.0, 1: 50.0})
        )  # fmt: skip
        assert heavy > plain + 0.01


def test_verbose_prints_a_line_every_so_many_epochs(capsys):
    clone(SHORT).set_params(verbose=10).fit(X, y)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["10/30", "20/30", "30/30"]
    assert "cost" in lines[0]


def test_every_epoch_gets_its_line_also_the_last(capsys):
    model = SigmoidMLPClassifier((), tol=1e-2, n_iter_no_change=3, random_state=0, verbose=1)
    model.fit(X, y)
    assert len(capsys.readouterr().out.splitlines()) == model.n_iter_ < 200


def test_the_adaptive_rate_needs_no_tol():
    model = clone(SHORT).set_params(learning_rate="adaptive", eta=20.0, max_iter=100)
    constant = clone(model).set_params(learning_rate="constant").fit(X, y)
    assert model.fit(X, y).n_iter_ == 100
    assert not np.array_equal(model.coefs_[0], constant.coefs_[0])


def test_a_constant_rate_forgets_what_an_adaptive_one_had_slowed():
    model = SigmoidMLPClassifier(
        (), learning_rate="adaptive", tol=0.1, n_iter_no_change=2, random_state=0
    ).fit(X, y)
    slowed, full = clone(model), clone(model)
    for other in (slowed, full):
        other.__dict__.update(vars(model))
    slowed.partial_fit(X, y)
    full.set_params(learning_rate="constant").partial_fit(X, y)
    moved = [np.abs(other.coefs_[0] - model.coefs_[0]).max() for other in (slowed, full)]
    assert moved[1] > 1000 * moved[0]


def test_a_rate_that_has_become_zero_is_no_error():
    model = clone(SHORT).set_params(learning_rate="invscaling", power_t=400.0, batch_size=1)
    assert np.isfinite(model.fit(X, y).loss_)


def test_the_l2_term_does_not_overflow_before_the_weights_do():
    model = clone(SHORT).set_params(alpha=1e-30, max_iter=1).fit(X.astype(np.float32), y)
    model.coefs_[0] *= 1e20
    model.partial_fit(X.astype(np.float32), y)
    assert np.isfinite(model.loss_)


def test_l2_shrinks_the_same_in_as_many_steps_of_any_batch_size():
    """Seen in MLPClassifier: alpha is divided by the batch size (#6780)."""
    options = {"alpha": 0.3, "eta": 0.01, "max_iter": 1, "hidden_layer_sizes": ()}
    norms = []
    for m in (1, 15, 150):
        same_path = {**options, "batch_size": m, "max_iter": 4 * m}
        norms.append(np.linalg.norm(fitted(NETWORK, **same_path).coefs_[0]))
    np.testing.assert_allclose(norms, norms[0], rtol=0.02)


def test_a_label_whose_score_is_exactly_zero_is_not_given():
    model = SigmoidMLPClassifier((), max_iter=1, tol=None, random_state=0)
    model.fit(X, np.eye(3, dtype=int)[y])
    model.coefs_[0][:], model.intercepts_[0][:] = 0.0, 0.0
    assert not model.decision_function(X).any()
    assert not model.predict(X).any()
