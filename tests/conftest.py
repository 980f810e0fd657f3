"""What the tests share: both classifiers, and scikit-learn's array-API check, not skipped."""

import os
import signal

os.environ.setdefault("SCIPY_ARRAY_API", "1")  # before SciPy is imported

import pytest
from iris_models import NETWORK, PERCEPTRON
from optional_packages import needs
from sklearn.base import clone
from threadpoolctl import threadpool_limits

# What a shell starts in the background ignores Ctrl-C, and so would all that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
for name in ("SIGTERM", "SIGHUP"):
    number = getattr(signal, name, None)
    if number is not None and signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture(scope="session", autouse=True)
def one_blas_thread():
    """Matrices of tests are small: threads that wait for one another only cost time.

    What concerns threads is tested in processes of its own, or sets the number that it needs.
    """
    with threadpool_limits(1, user_api="blas"):
        yield


@pytest.fixture(params=[NETWORK, PERCEPTRON], ids=["mlp", "perceptron"])
def estimator(request):
    """Each of the two classifiers; a file that needs other parameters sets them in its own."""
    return clone(request.param)


@pytest.fixture(scope="module")
def dask_client():
    """Two worker processes of dask, each with a nanny that starts another when it dies."""
    distributed = needs("distributed")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    with (
        distributed.LocalCluster(processes=True, **options) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client
