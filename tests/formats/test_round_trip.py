"""The law of every format that reads and writes: what is not said to be lost comes back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causaldsl.errors import CausalError
from causaldsl.formats.causal import plugin as causal
from causaldsl.formats.causal import write_causal
from causaldsl.formats.losses import less, losses
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_text
from causaldsl.plugins.protocols import GraphReader, GraphWriter
from causaldsl.plugins.registry import load, names
from causaldsl.testing.formats import assert_format, assert_reads_or_refuses, assert_round_trip
from causaldsl.testing.strategies import any_graphs, models, mutations, token_soups

FORMATS = {name: load("formats", name) for name in names("formats")}
READERS = [name for name, plugin in FORMATS.items() if isinstance(plugin, GraphReader)]
BOTH = [name for name in READERS if isinstance(FORMATS[name], GraphWriter)]
LEVELS = {"bif"}
"""The formats that refuse a graph with a node that has no levels."""


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_format_is(name: str) -> None:
    assert_format(FORMATS[name])


@pytest.mark.parametrize("name", BOTH)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_back(name: str, data: st.DataObject) -> None:
    assert_round_trip(FORMATS[name], data.draw(models(max_nodes=5, levels=name in LEVELS)))


@pytest.mark.parametrize("name", BOTH)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_read_of_foreign_hands_can_be_written_as_a_causal_text(name: str, data: st.DataObject) -> None:
    graph = data.draw(any_graphs(max_nodes=4, levels=name in LEVELS))
    text = data.draw(mutations(FORMATS[name].write(graph)[0]))
    assert_reads_or_refuses(FORMATS[name], text)
    try:
        read, _ = FORMATS[name].read(text, "x")
    except CausalError:
        return
    assert_round_trip(causal, read)


@pytest.mark.parametrize("name", READERS)
@given(text=token_soups() | st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_gives_a_graph_or_an_error_of_ours(name: str, text: str) -> None:
    assert_reads_or_refuses(FORMATS[name], text)


@given(models())
@settings(max_examples=60, deadline=None)
def test_all_that_is_said_to_be_lost_is_gone(model: CausalGraph) -> None:
    aspects = ("name", "title", "domain", "mechanism", "equation", "latent", "confounding", "group", "query", "assert")
    for aspect in aspects:
        lost = losses(model, aspect)
        if aspect != "domain":  # that of a latent with causes reads back as real
            assert losses(less(model, lost), aspect) == ()
        assert (less(model, lost) != model) == bool(lost) or aspect == "domain"
    assert less(model, ()) == model
    bare = less(model, losses(model, *aspects))
    assert bare.edges == tuple(edge for edge in model.edges if edge[2] == "->")
    assert losses(bare, *aspects) == ()


@given(models())
@settings(max_examples=60, deadline=None)
def test_models_are_in_the_language(model: CausalGraph) -> None:
    assert read_text(write_causal(model)) == model


class Forgetful:
    """Takes latents for nodes, and does not say so."""

    suffixes = (".f",)

    def read(self, text: str, name: str) -> tuple[CausalGraph, tuple[str, ...]]:
        return read_text(text, name), ()

    def write(self, graph: CausalGraph) -> tuple[str, tuple[str, ...]]:
        return write_causal(less(graph, losses(graph, "latent"))), ()


class Pointless(Forgetful):
    suffixes = ("f",)


class Idle:
    suffixes = ()


def test_a_format_that_loses_in_silence_is_caught() -> None:
    assert_format(Forgetful())
    assert_round_trip(Forgetful(), read_text("node A, B; A -> B"))
    with pytest.raises(AssertionError, match="came back differs"):
        assert_round_trip(Forgetful(), read_text("latent U; node A, B; U -> A, B"))


@pytest.mark.parametrize(
    ("plugin", "why"), [(Idle(), "`read`, `write` or both"), (Pointless(), "begins with no point")]
)
def test_what_is_no_format(plugin: object, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        assert_format(plugin)
