"""Steps of gradient descent that others have worked out: scikit-learn, and a pencil."""

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from sknn_basic import SigmoidMLPClassifier

RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 4))
TARGETS = {
    "two classes": (X[:, 0] * X[:, 1] > 0).astype(int),
    "several labels": (X[:, :3] + X[:, 1:] > 0).astype(int),
}


# --- scikit-learn ------------------------------------------------------------------------


def theirs(y, m, alpha, hidden):
    """Their L2 term is divided by the size of the batch, ours is not."""
    model = MLPClassifier(
        hidden,
        activation="logistic",
        solver="sgd",
        momentum=0.0,
        alpha=alpha * m,
        batch_size=m,
        learning_rate_init=0.7,
        shuffle=False,
        random_state=1,
    )
    return model.partial_fit(X[:m], y[:m], classes=np.unique(y) if y.ndim == 1 else range(3))


def ours(model, m, alpha, *, multilabel):
    """From the same weights."""
    return SigmoidMLPClassifier.from_weights(
        [W.copy() for W in model.coefs_],
        [b.copy() for b in model.intercepts_],
        **({"multilabel": True} if multilabel else {"classes": [0, 1]}),
        batch_size=m,
        eta=0.7,
        alpha=alpha,
        shuffle=False,
    )


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("hidden", [(5,), (6, 4)])
@pytest.mark.parametrize("alpha", [0.0, 0.01])
@pytest.mark.parametrize("m", [1, 4, 12])
def test_every_step_is_that_of_mlp_classifier(kind, hidden, alpha, m):
    """Sigmoid outputs under cross-entropy, which theirs are not for three classes."""
    y = TARGETS[kind]
    other = theirs(y, m, alpha, hidden)
    model = ours(other, m, alpha, multilabel=y.ndim == 2)
    before = model.coefs_[0].copy()
    for start in range(0, len(X), m):
        rows = slice(start, start + m)
        other.partial_fit(X[rows], y[rows])
        model.partial_fit(X[rows], y[rows])
        for mine, others in zip(
            [*model.coefs_, *model.intercepts_],
            [*other.coefs_, *other.intercepts_],
            strict=True,
        ):
            np.testing.assert_allclose(mine, others, rtol=1e-10, atol=1e-12)
    assert np.abs(model.coefs_[0] - before).max() > 1e-3
    assert np.array_equal(model.predict(X), other.predict(X))


# --- a pencil ----------------------------------------------------------------------------

LN3 = np.log(3.0)
"""σ(ln 3) = 3/4 and σ(0) = 1/2: with these every number below is a fraction."""


@pytest.mark.parametrize(
    ("cost", "output_error"),
    [
        ("cross_entropy", 3 / 4),  # a − y
        ("quadratic", 9 / 64),  # (a − y) a (1 − a)
    ],
)
def test_one_step_of_two_layers_by_hand(cost, output_error):
    """Two inputs, two hidden neurons, one output; the sample x = (1, 2) with y = 0.

    Forward: z¹ = (ln 3, 2 − 2) + (0, 0), so a¹ = (3/4, 1/2); z² = 4 · 3/4 − 6 · 1/2 + ln 3, so
    a² = 3/4. Backward: δ² is `output_error`, and δ¹ = (4 δ², −6 δ²) · a¹(1 − a¹) =
    (4 δ² · 3/16, −6 δ² · 1/4) = (3/4 δ², −3/2 δ²).
    """
    model = SigmoidMLPClassifier.from_weights(
        [[[LN3, 2.0], [0.0, -1.0]], [[4.0], [-6.0]]],
        [[0.0, 0.0], [LN3]],
        classes=[0, 1],
        cost=cost,
        eta=8.0,
        batch_size=1,
    )
    x = np.array([[1.0, 2.0]])
    np.testing.assert_allclose(model.hidden_activations(x), [[3 / 4, 1 / 2]], rtol=1e-15)
    np.testing.assert_allclose(model.predict_proba(x), [[1 / 4, 3 / 4]], rtol=1e-15)
    model.partial_fit(x, [0])
    d = 8.0 * output_error  # η δ²
    expected = [
        [[LN3 - 3 / 4 * d, 2 + 3 / 2 * d], [-2 * 3 / 4 * d, -1 + 2 * 3 / 2 * d]],
        [[4 - 3 / 4 * d], [-6 - 1 / 2 * d]],
        [-3 / 4 * d, 3 / 2 * d],
        [LN3 - d],
    ]
    for learnt, worked_out in zip(model.coefs_ + model.intercepts_, expected, strict=True):
        np.testing.assert_allclose(learnt, worked_out, rtol=1e-14)
