"""One network of digits is trained for all the tests of the command line."""

import copy

import pytest

from sknn_basic._cli import models


@pytest.fixture(scope="session")
def network_of_digits():
    """What `models.trained("digits")` gives."""
    return models.trained("digits")


@pytest.fixture
def trained_once(monkeypatch, network_of_digits):
    """Where a command would train the default network of digits, it gets a copy of one."""
    train = models.trained

    def trained(data, **options):
        if data == "digits" and not options:
            return copy.deepcopy(network_of_digits)
        return train(data, **options)

    monkeypatch.setattr(models, "trained", trained)
