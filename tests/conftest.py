"""What all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("ours", deadline=None)  # a machine that is busy elsewhere is no failure
settings.load_profile("ours")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--real-data", type=Path, help="a folder with celeba/, celeba-9k/ and morphomnist/")


@pytest.fixture(scope="session")
def real_data(request: pytest.FixtureRequest) -> Path:
    """The folder of real data; tests that need it skip where it is not given."""
    folder = request.config.getoption("--real-data")
    if folder is None or not folder.is_dir():
        pytest.skip("needs --real-data")
    return folder
