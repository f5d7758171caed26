from pathlib import Path
from typing import Any

import pytest

from causaldsl.errors import UsageError
from causaldsl.plugins import formats


class Reads:
    suffixes = (".json",)

    def read(self, text: str, name: str) -> Any:
        raise NotImplementedError


class Writes:
    suffixes = (".json", ".mmd")

    def write(self, graph: object) -> Any:
        raise NotImplementedError


class Both(Reads, Writes):
    suffixes = (".json",)


@pytest.fixture(autouse=True)
def door(monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = {"both": Both(), "reads": Reads(), "writes": Writes()}

    def load(group: str, name: str) -> Any:
        if name == "broken":
            raise UsageError("the plugin `broken` cannot be imported")
        return plugins[name]

    monkeypatch.setattr(formats, "names", lambda group: ("both", "broken", "reads", "writes"))
    monkeypatch.setattr(formats, "load", load)


def test_an_ending_chooses_where_one_format_has_it() -> None:
    assert isinstance(formats.writer(Path("x.MMD")), Writes)
    assert isinstance(formats.reader(Path("x.mmd"), "reads"), Reads)


@pytest.mark.parametrize(
    ("call", "message", "hint"),
    [
        (lambda: formats.reader(Path("x.json")), "`.json` files are of several formats: both, reads", "--from"),
        (lambda: formats.writer(Path("x.json")), "`.json` files are of several formats: both, writes", "--to"),
        (lambda: formats.reader(Path("x.mmd")), "does not say in which format it is read", "--from`: both, reads"),
        (lambda: formats.writer(Path("x.mdm")), "x.mdm does not say", "did you mean `.mmd`"),
        (lambda: formats.writer(Path("x")), "does not say", "--to`: both, writes"),
        (lambda: formats.reader(Path("x"), "wriets"), "no format `wriets`", "there are: both, reads"),
        (lambda: formats.reader(Path("x"), "raeds"), "no format `raeds`", "did you mean `reads`"),
        (lambda: formats.reader(Path("x"), "writes"), "`writes` cannot be read", "these can: both, reads"),
        (lambda: formats.reader(Path("x"), "broken"), "cannot be imported", ""),
    ],
)
def test_what_chooses_no_format(call: Any, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        call()
    (finding,) = caught.value.diagnostics
    assert message in finding.message
    assert hint in (finding.hint or "")
