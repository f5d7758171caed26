"""A model and a judge whose every answer is known."""

import pytest

from tests.evaluate import plates


@pytest.fixture
def model():
    return plates.model()


@pytest.fixture
def judge():
    return plates.judge()
