from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causaldsl.graph.use import Folder
from causaldsl.lsp.analysis import Analysis
from causaldsl.lsp.hover import hover
from causaldsl.source import Source
from causaldsl.testing.strategies import token_soups

TEXT = """binary Young, Male, Bald
categorical Hair {black, grey}
real Age, Dose
image Face[3, 64, 64]
latent U
node Raw
group Labels = Young, Male
Young, Male, Raw, U -> Bald
Young <-> Hair
Labels, Bald -> Face
Bald ~ wgan(layers=3)
default image ~ r3gan(latent=8)
Age := 3*Dose +
    normal(0, 1)
Hair | Young := [[0.5, 0.5], [0.2, 0.8]]
query P(Bald=1 | do(Young=1))
assert P(Bald=1) == 0.5 within 0.1
"""


def said(word: str, text: str = TEXT, nth: int = 0) -> str | None:
    at = -1
    for _ in range(nth + 1):
        at = text.index(word, at + 1)
    found = hover(Analysis(Source("<text>", text)), at)
    if found is None:
        return None
    assert found[1].start <= at <= found[1].end
    return found[0]


SHARES = "shares an unobserved cause with"


@pytest.mark.parametrize(
    ("word", "called", "lines"),
    [
        ("Young", "binary", ["causes `Bald`, `Hair`, `Face`", f"{SHARES} `Hair`", "mechanism `neural`, the default"]),
        ("Bald", "binary", ["caused by `Young`, `Male`, `U`, `Raw`", "causes `Face`", "mechanism `wgan(layers=3)`"]),
        (
            "Face",
            "image [3, 64, 64]",
            ["caused by `Young`, `Male`, `Bald`", "mechanism `r3gan(latent=8)`, the default"],
        ),
        ("Age", "real", ["caused by `Dose`", "`Age := 3*Dose + normal(0, 1)`"]),
        (
            "Hair",
            "categorical {black, grey}",
            ["caused by `Young`", f"{SHARES} `Young`", "`Hair | Young := [[0.5, 0.5], [0.2, 0.8]]`"],
        ),
        ("U\n", "latent", ["causes `Bald`", "standard normal"]),
        ("Raw", "node", ["causes `Bald`"]),
        ("Labels", "group", ["`Young`, `Male`"]),
    ],
)
def test_nodes_and_groups(word: str, called: str, lines: list[str]) -> None:
    assert said(word) == "\n".join([f"**`{word.strip()}`** {called}", "", *(f"- {line}" for line in lines)])


@pytest.mark.parametrize(
    ("word", "nth", "begins"),
    [
        ("binary", 0, "`binary A, B`"),
        ("default", 0, "`default binary"),
        ("image", 1, "`image Face"),
        ("wgan", 0, "**`wgan`** the causal controller"),
        ("layers", 0, "`layers = 0` (int): Width and number"),
        ("latent", 1, "`latent = 64` (int): Width of the exogenous noise."),
        ("normal", 0, "normal(mean, sd)"),
        ("P", 0, "`P(Y=1"),
        ("do(", 0, "`do(X=1)`"),
        ("within", 0, "`within 0.02`"),
        ("query", 0, "`query P"),
    ],
)
def test_words(word: str, nth: int, begins: str) -> None:
    found = said(word, nth=nth)
    assert found is not None
    assert found.startswith(begins)


def test_there_is_nothing_to_say_of_signs_and_levels() -> None:
    assert said("~ r3gan") is None
    assert said("grey") is None
    assert said("nothing", "A ~ nothing(x=1)") is None
    assert said("x", "A ~ neural(x=1)") is None


def test_texts_with_errors_are_explained_as_far_as_they_can_be() -> None:
    text = "binary A, B C\nbinary X, Y\nX -> Y -> Z\nY ~ neural(\nX -> Nil"
    assert said("X", text) == "**`X`** binary\n\n- causes `Y`\n- mechanism `neural`, the default"
    assert said("Nil", text) == "**`Nil`** not declared"
    assert said("C", text) == "**`C`** declared in a statement that cannot be read\n"
    assert (said("neural", text) or "").startswith("**`neural`**")


def test_names_with_backticks_and_long_lists() -> None:
    many = ", ".join(f"A{i}" for i in range(20))
    found = said("`", f'binary "a`b", {many}\n{many} -> "a`b"')
    assert found is not None
    assert found.startswith("**`` a`b ``** binary")
    assert "`A11` and 8 more" in found


def test_where_it_is_declared(tmp_path: Path) -> None:
    (tmp_path / "used.causal").write_text("binary A")
    source = Source(str(tmp_path / "main.causal"), 'use "used.causal"; A -> A')
    found = hover(Analysis(source, Folder(tmp_path)), 19)
    assert found is not None
    assert found[0].endswith(f"- declared in `{tmp_path / 'used.causal'}`")


@settings(deadline=None)
@given(token_soups() | st.text(), st.data())
def test_any_text_at_any_place(text: str, data: st.DataObject) -> None:
    source = Source.normalised("<text>", text)
    hover(Analysis(source), data.draw(st.integers(0, len(source.text))))
