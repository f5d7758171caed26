from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causaldsl.errors import UsageError
from causaldsl.graph.use import Folder
from causaldsl.images.r3gan import R3GANOptions
from causaldsl.lsp.analysis import Analysis
from causaldsl.lsp.completion import MOST, Completions, complete
from causaldsl.lsp.kinds import kind_help, kinds
from causaldsl.lsp.vocabulary import QUESTIONS
from causaldsl.plugins import registry
from causaldsl.source import Source
from causaldsl.syntax.words import STATEMENTS
from causaldsl.testing.strategies import token_soups

TEXT = """binary Young, Male, Bald
categorical Hair {black, "dark blond"}
real Age
image Face[3, 64, 64]
latent U
group Labels = Young, Male
binary "political inequality"
"""
NODES = ["Young", "Male", "Bald", "Hair", "Age", "Face", "U", "Labels", "political inequality"]
NO_IMAGES = [name for name in NODES if name not in ("Face", "Labels")]


def at(text: str) -> Completions:
    """What may be written at the `^` of a text that follows the declarations."""
    text = TEXT + text
    return complete(Analysis(Source("<text>", text.replace("^", "", 1))), text.index("^"))


def labels(text: str) -> list[str]:
    return [item.label for item in at(text).items]


REAL = ["constant", "flow", "linear", "neural", "wgan"]
DISCRETE = ["constant", "linear", "neural", "table", "wgan"]
LABELS = sorted({*REAL, *DISCRETE})


R3GAN = [f.name for f in fields(R3GANOptions) if f.name not in ("width", "latent", "gamma")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("^", [*STATEMENTS, *NODES]),
        ("A^", [*STATEMENTS, *NODES]),
        ('"^', NODES),
        ("Young -> ^", [*NODES, "*"]),
        ("Young -> Ba^\nMale -> Bald", [*NODES, "*"]),
        ("Young -> {Bald, ^}", [*NODES, "*"]),
        ("Young -> Bald ^", []),
        ("Young <-> ^", [*NODES, "*"]),
        ("* ^", []),
        ("group G = ^", [*NODES, "*"]),
        ("group ^", []),
        ("binary ^\nNew -> Young, Old", ["New", "Old"]),
        ("Z -> Y\nbinary Y, ^", ["Z"]),
        ("Bald ~ neural(\n  layers=2,\n  hidden=^", ["32"]),
        ("real X ^", ["in"]),
        ("real X in ^", []),
        ("real X in [0, ^]", []),
        ("categorical X {^}", []),
        ("latent V : ^", ["binary", "categorical", "real"]),
        ("latent V : real ^", ["in"]),
        ("model ^", []),
        ("language ^", []),
        ("default ^", ["binary", "categorical", "real", "image"]),
        ("default image ~ ^", ["causalbegan", "causalgan", "r3gan"]),
        ("default real ~ ^", REAL),
        ("Bald ~ ^", DISCRETE),
        ("Age ~ ^", REAL),
        ("Face ~ ^", ["causalbegan", "causalgan", "r3gan"]),
        ("Labels ~ ^", DISCRETE),
        ("Bald, Age ~ ^", LABELS),
        ("Unknown ~ ^", [*LABELS, "causalbegan", "causalgan", "r3gan"]),
        ("Bald ~ neural ^", []),
        ("Bald ~ neural(^", ["hidden", "layers"]),
        ("Bald ~ neural(hidden=32, ^)", ["layers"]),
        ("Bald ~ neural(\n  hidden=32,\n  ^", ["layers"]),
        ("Bald ~ neural(hidden=^", ["32"]),
        ("Bald ~ neural(hidden=[^", []),
        ("Bald ~ none(^", []),
        ("Face ~ r3gan(precision=^", ["auto", "float32", "bfloat16"]),
        ("default image ~ r3gan(width=3, latent=3, gamma=0, ^", R3GAN),
        ("use ^", []),
        ("Bald := bernoulli(0.5) ^", ["and", "or"]),
        ("Bald | ^", [*NODES, "*"]),
        ("Bald | Young := [[0.5, ^", []),
        ("query ^", [*QUESTIONS, *NODES, "*"]),
        ("assert not ^", [*(word for word in QUESTIONS if word != "not"), *NODES, "*"]),
        ("query identifiable ^", ["P"]),
        ("query P(^", [*NODES, "*"]),
        ("query P(Bald=^", ["0", "1"]),
        ("query P(Hair=^", ["black", "dark blond"]),
        ("query P(Bald | ^", ["do", *NODES, "*"]),
        ("query P(Bald | Young=1, ^", ["do", *NODES, "*"]),
        ("query P(Bald | do(^", NODES),
        ("query P(Bald | do(Hair=^", ["black", "dark blond"]),
        ("query P(Bald[^", NODES),
        ("query P(Bald[Young=^", ["0", "1", *NO_IMAGES]),
        ("query E[Age | do(^", NODES),
        ("query Young _||_ ^", [*NODES, "*"]),
        ("query adjustment Young -> Bald ^", []),
        ("assert P(Bald=1) == 0.5 ^", ["within"]),
        ("assert P(Bald=1) == ^", ["P", "E", *NODES, "*"]),
        ("# allowed ^", []),
        ("Bald := 12^", []),
    ],
)  # fmt: skip
def test_what_may_be_written(text: str, expected: list[str]) -> None:
    assert labels(text) == expected


def test_codes_of_warnings() -> None:
    assert {"C250", "C350"} < set(labels("A -> B  # allow: C2^"))
    assert "C203" not in labels("A -> B  # allow: ^")


def test_expressions() -> None:
    assert labels("Age := ^")[: len(NO_IMAGES)] == NO_IMAGES
    assert {"exp", "normal", "where", "not", "table"} < set(labels("Age := ^"))
    assert "table" not in labels("Age := 1 + ^")
    assert labels("Bald := Hair == ^")[:2] == ["black", "dark blond"]
    assert labels("Hair := ^")[:2] == ["black", "dark blond"]
    assert labels("Hair := where(Bald, ^")[:2] == ["black", "dark blond"]
    assert labels("Hair := where(^")[0] == "Young"
    assert labels("query P(Bald | do(Hair := ^")[:2] == ["black", "dark blond"]
    assert "normal" in labels("query P(Bald | do(Age := Age + ^")
    assert {"exp", "Age"} < set(labels("query E[^"))
    assert "normal" not in labels("query E[^")


def test_how_it_is_written() -> None:
    items = {item.label: item for item in at("Young -> ^").items}
    assert items["political inequality"].insert == '"political inequality"'
    assert items["Labels"].kind == "group"
    assert items["Hair"].detail == 'categorical {black, "dark blond"}'
    quoted = {item.label: item.insert for item in at('Young -> "B^').items}
    assert quoted["Bald"] == '"Bald"'
    found = at('Young -> "B^"')
    assert (found.start - len(TEXT), found.end - len(TEXT)) == (9, 12)
    assert {item.insert for item in at("query P(Hair=^").items} == {"black", '"dark blond"'}
    (option, *_) = at("Bald ~ neural(^").items
    assert (option.insert, option.detail) == ("hidden=", "int, 32: Width of each hidden layer.")


def test_files(tmp_path: Path) -> None:
    for name in ("a.causal", "main.causal", "y.csv", "z.csv", "x.txt"):
        (tmp_path / name).write_text("")

    def files(text: str) -> list[str]:
        source = Source(str(tmp_path / "main.causal"), text)
        return [i.insert for i in complete(Analysis(source, Folder(tmp_path)), len(text)).items if i.kind == "file"]

    assert files("use ") == files('use "') == ['"a.causal"']
    assert files('binary Y; Y := table("') == ['"y.csv"', '"z.csv"']
    assert files('use "a.causal" ') == []
    assert complete(Analysis(Source("untitled:1", 'use "')), 5).items == ()


def test_of_many_names_those_that_look_like_what_is_written() -> None:
    declared = "node " + ", ".join([*(f"A_{i}" for i in range(500)), "B_A_77", "Bx77", "C"])

    def offered(text: str) -> Completions:
        text = f"{declared}\nC -> {text}"
        return complete(Analysis(Source("<text>", text)), len(text))

    assert (len(offered("").items), offered("").cut) == (MOST, True)
    assert [item.label for item in offered("a_7").items][-3:] == ["A_479", "A_487", "A_497"]
    assert [item.label for item in offered("a_77").items] == ["A_77", "B_A_77", "A_177", "A_277", "A_377", "A_477"]
    assert [item.insert for item in offered('"bX').items] == ['"Bx77"']


def test_names_of_a_statement_that_cannot_be_read() -> None:
    text = "binary A B\nA -> "
    assert [i.label for i in complete(Analysis(Source("<text>", text)), len(text)).items] == ["A", "B", "*"]


def test_plugins_that_cannot_be_imported_are_offered_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(group: str, name: str) -> object:
        raise UsageError("no")

    monkeypatch.setattr(registry, "load", fails)
    assert "wgan" in list(kinds("mechanisms", "real"))
    assert kind_help("wgan") is None


def test_every_built_in_option_says_what_it_is() -> None:
    for name in (*kinds("mechanisms"), *kinds("images")):
        said = kind_help(name)
        assert said is not None
        assert said.text
        assert all(option.text and option.default for option in said.options), name


@settings(deadline=None)
@given(token_soups() | st.text(), st.data())
def test_any_text_at_any_place(text: str, data: st.DataObject) -> None:
    source = Source.normalised("<text>", text)
    offset = data.draw(st.integers(0, len(source.text)))
    found = complete(Analysis(source), offset)
    assert found.start <= offset <= found.end
