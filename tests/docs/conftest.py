"""The site is built once for all tests of it."""

import pytest
from site_of_the_documentation import build


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    return build(tmp_path_factory.mktemp("project"))
