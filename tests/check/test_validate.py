from importlib.metadata import EntryPoint

import pytest

from causaldsl.check.validate import validate
from causaldsl.graph.read import read_text
from causaldsl.plugins import registry


def test_a_mechanism_written_once_for_many_nodes_is_reported_once() -> None:
    assert [f.code for f in validate(read_text("binary A, B, C; A, B ~ neural(x=1); C ~ neural(x=1)"))] == [
        "C412",
        "C412",
    ]


def test_findings_are_in_the_order_of_the_text() -> None:
    found = validate(read_text("binary A; binary B; A ~ oracle\nB ~ neural(hidden=x)"), ["a"])
    assert [f.code for f in found] == ["C501", "C501", "C411", "C413"]


def test_nodes_without_a_domain_and_latents_ask_for_nothing() -> None:
    assert validate(read_text("node A, B; latent U; U -> A, B; A -> B")) == []


def test_data_need_columns_for_labels_only() -> None:
    graph = read_text("binary A; latent U : binary; image F[3, 32, 32]; U -> A -> F")
    assert validate(graph, {"A": [0, 1], "more": [1, 1]}) == []
    assert [f.message for f in validate(graph, ())] == ["the data have no column `A`"]


def test_a_plugin_that_cannot_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = EntryPoint("broken", "no_such_module_of_ours:plugin", "causaldsl.mechanisms")
    monkeypatch.setattr(registry, "_entries", lambda group: {"broken": broken, "neural": broken})
    registry.load.cache_clear()
    try:
        found = validate(read_text("binary A, B; A ~ broken"))
    finally:
        registry.load.cache_clear()
    assert [f.code for f in found] == ["C420", "C420"]
    assert "no_such_module_of_ours" in found[0].message


def test_the_built_in_defaults_are_checked_too() -> None:
    found = validate(read_text("real Age; image F[3, 48, 48]; Age -> F; F ~ causalgan"))
    assert [f.code for f in found] == ["C417", "C416"]


def test_equations_need_no_mechanism() -> None:
    assert validate(read_text("real X; binary Y; X := normal(0, 1); Y := X > 0; default real ~ neural")) == []


class Blind:
    """A mechanism that cannot tell its noise from what it made."""

    options = type(registry.load("mechanisms", "neural").options())
    domains = frozenset({"binary"})
    abducts = False


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("P(Y[X=0] | X=1)", ["C313"]),
        ("P(X[Y=0] | X=1)", []),
        ("P(Y[X=0])", []),
        ("P(Y | do(X=0), X=1)", []),
        ("not P(Y[X=0]=1 | Y=1) > 0.5", ["C313"]),
        ("X _||_ Y", []),
    ],
)
def test_counterfactuals_need_mechanisms_that_abduct(
    monkeypatch: pytest.MonkeyPatch, question: str, codes: list[str]
) -> None:
    load, names = registry.load, registry.names
    monkeypatch.setattr(registry, "names", lambda group: (*names(group), "blind"))
    monkeypatch.setattr(registry, "load", lambda group, name: Blind() if name == "blind" else load(group, name))
    found = validate(read_text(f"binary X, Y; X -> Y; Y ~ blind; query {question}"))
    assert [f.code for f in found] == codes
    if codes:
        assert found[0].span is not None
        assert found[0].span.text == question


@pytest.mark.parametrize(("domain", "codes"), [("real", ["C313"]), ("binary", [])])
def test_a_mechanism_may_abduct_in_some_domains_alone(domain: str, codes: list[str]) -> None:
    found = validate(read_text(f"{domain} X, Y; X -> Y; Y ~ wgan; query P(X[Y=0]=1 | X=1, Y=1)"))
    assert [f.code for f in found if f.code == "C313"] == codes
