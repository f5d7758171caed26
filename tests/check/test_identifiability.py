import pytest

from causaldsl.check.identifiability import unidentified, verdicts
from causaldsl.graph.read import read_text

BOW = "binary X, Y; X -> Y; X <-> Y; "


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (BOW + "query P(Y | do(X))", ["C340"]),
        (BOW + "query P(Y=1 | do(X=1)) - P(Y=1 | do(X=0))", ["C340", "C340"]),
        (BOW + "query E[Y | do(X=1)]", ["C340"]),
        (BOW + "query P(Y | X); query X _||_ Y; query P(X | do(Y))", []),
        (BOW + "query P(Y=1 | do(X := 1 - X))", []),
        (BOW + "query P(Y[X=1]=1 | X=0)", []),
        ("binary X, Y; X -> Y; latent U; U -> X, Y; query P(Y | do(X))", ["C340"]),
        ("binary X, M, Y; X -> M -> Y; X <-> Y; query P(Y | do(X))", []),
        ("binary X, Y; X -> Y; query P(Y | do(X))", []),
        ("binary X, Y; latent U : binary; U := bernoulli(0.5); X := U; Y := X*U; query P(Y | do(X))", []),
    ],
)
def test_queries_that_latents_make_a_question(text: str, codes: list[str]) -> None:
    found = unidentified(read_text(text))
    assert [f.code for f in found] == codes
    assert all(f.span is not None and f.span.text.startswith(("P(", "E[")) for f in found)
    assert all("hedge" in f.message and "--allow-unidentified" in (f.hint or "") for f in found)


def test_each_verdict_has_its_estimand_or_its_hedge() -> None:
    graph = read_text("binary X, M, Y; X -> M -> Y; X <-> Y; query P(Y | do(X)); query P(Y | do(M)); query P(M)")
    assert [(v.query.text, v.identification) for v in verdicts(graph)] == [
        (text, graph.identify(text)) for text in ("P(Y | do(X))", "P(Y | do(M))")
    ]
