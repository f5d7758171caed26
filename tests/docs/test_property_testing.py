"""docs/property-testing.md names all that there is; pages that call pytest run under pytester."""

import re
from importlib import import_module

import pytest

import causaldsl as cd
from causaldsl import testing
from tests.docs.pages import DOCS, run

pytest_plugins = ["pytester"]


@pytest.fixture(scope="module", autouse=True)
def warm():
    """Pytester forgets what is imported under it, and torch cannot be imported twice."""
    for name in testing.__all__:
        getattr(testing, name)
    for module in ("causaldsl.testing.items", "causaldsl.train.fit"):
        import_module(module)
    cd.compile(cd.parse("binary A; A := bernoulli(0.5)")).ask("P(A=1)")


def test_every_block_is_what_happens(pytester: pytest.Pytester) -> None:
    ran = run("property-testing.md", lambda a: pytester.runpytest("-p", "no:cacheprovider", *a).outlines)
    assert ran == 7


def test_the_tables_name_what_there_is() -> None:
    guide = (DOCS / "property-testing.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(\w+)\(", guide, re.MULTILINE))
    assert named <= set(testing.__all__)
    of_plugins = {"check_image_model", "check_mechanism"}
    assert {name for name in testing.__all__ if name.startswith("check_")} - named == of_plugins
