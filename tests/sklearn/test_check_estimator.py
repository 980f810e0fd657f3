"""scikit-learn's own checks, for the defaults and for many configurations of both."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from sknn_basic import PerceptronClassifier, SigmoidMLPClassifier

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:The inputs are large"),  # around 100 in some checks
]

MLP_CONFIGURATIONS = [
    SigmoidMLPClassifier((), batch_size=64, eta=0.05),
    SigmoidMLPClassifier(7, eta=1.0),
    SigmoidMLPClassifier((8, 6), eta=2.0),
    SigmoidMLPClassifier(cost="quadratic", eta=3.0),
    SigmoidMLPClassifier(init="normal"),
    SigmoidMLPClassifier(alpha=1e-4),
    SigmoidMLPClassifier(momentum=0.9, eta=0.1),
    SigmoidMLPClassifier(learning_rate="invscaling", power_t=0.1),
    SigmoidMLPClassifier(learning_rate="adaptive", eta=1.0),
    SigmoidMLPClassifier(shuffle=False),
    SigmoidMLPClassifier(tol=None, max_iter=100),
    SigmoidMLPClassifier(output_code="binary", eta=1.0),
    SigmoidMLPClassifier(class_weight="balanced"),
    SigmoidMLPClassifier(keep="best"),
    SigmoidMLPClassifier(keep="average"),
    SigmoidMLPClassifier((5, 5, 5), eta=3.0),
    SigmoidMLPClassifier(batch_size=1, eta=0.1),
    SigmoidMLPClassifier(batch_size=8),
    SigmoidMLPClassifier(early_stopping=True, keep="best", n_iter_no_change=30),
]

PERCEPTRON_CONFIGURATIONS = [
    PerceptronClassifier(eta=0.1),
    PerceptronClassifier(eta=5.0, alpha=1e-3, keep="average"),
    PerceptronClassifier(batch_size=64),
    PerceptronClassifier(batch_size=1000, eta=2.0),
    PerceptronClassifier(alpha=1e-4),
    PerceptronClassifier(alpha=1e-2),
    PerceptronClassifier(shuffle=False, keep="average"),
    PerceptronClassifier(tol=None, max_iter=20),
    PerceptronClassifier(keep="last"),
    PerceptronClassifier(keep="last", max_iter=500),
    PerceptronClassifier(keep="average"),
    PerceptronClassifier(keep="average", batch_size=40),
    PerceptronClassifier(class_weight="balanced"),
    PerceptronClassifier(max_iter=500),
    PerceptronClassifier(batch_size=1),
    PerceptronClassifier(batch_size=1, keep="average"),
    PerceptronClassifier(batch_size=4),
]

EQUIVALENCE_CHECKS = (
    "check_sample_weight_equivalence_on_dense_data",
    "check_sample_weight_equivalence_on_sparse_data",
)


def cannot_hold(estimator):
    """The checks that a configuration cannot meet by its nature, with the reason."""
    if getattr(estimator, "hidden_layer_sizes", None) == ():
        reason = "its class weight of 1000 makes every step a thousand times as long"
        return {"check_class_weight_classifiers": reason}
    if estimator.batch_size < 27:
        reason = "a row twice is two samples of a batch, a weight of 2 is one"
    elif estimator.early_stopping:
        reason = "the validation split draws rows, not weights"
    else:
        return {}
    return dict.fromkeys(EQUIVALENCE_CHECKS, reason)


@parametrize_with_checks([PerceptronClassifier(), SigmoidMLPClassifier()])
def test_the_defaults_pass_every_check(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks(
    PERCEPTRON_CONFIGURATIONS + MLP_CONFIGURATIONS, expected_failed_checks=cannot_hold
)
def test_configurations_pass_every_check(estimator, check):
    check(estimator)
