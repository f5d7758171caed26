import re

from hypothesis import given, settings

from causaldsl.formats.mermaid import plugin, write_mermaid
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_text
from causaldsl.testing.strategies import models


def test_how_it_is_drawn() -> None:
    graph = read_text(
        'model m "A \\"title\\""; binary A, end, "say \\"no\\" #1 & `x`"; latent U; image F[3, 8, 8]\n'
        'U -> A, end; A -> F; A <-> end; "say \\"no\\" #1 & `x`" -> A; A ~ k'
    )
    text, lost = plugin.write(graph)
    assert text.splitlines() == [
        "---",
        'title: "A \\"title\\""',
        "---",
        "flowchart TD",
        '  n0(["A"])',
        '  n1(["end"])',
        '  n2(["say #34;no#34; #35;1 #38; #96;x#96;"])',
        '  n3(["U"])',
        '  n4["F"]',
        "  n2 --> n0",
        "  n3 --> n0",
        "  n3 --> n1",
        "  n0 --> n4",
        "  n0 <-.-> n1",
        "  classDef latent stroke-dasharray: 5 4",
        "  class n3 latent",
    ]
    assert lost == (
        "the model's name",
        *(f"domain of {name}" for name in ("A", "end", 'say "no" #1 & `x`', "F")),
        "mechanism of A",
    )


@given(models())
@settings(max_examples=60, deadline=None)
def test_nodes_edges_and_latents_are_all_in_the_picture(graph: CausalGraph) -> None:
    text = write_mermaid(graph)
    labels = re.findall(r'^  (n\d+)\(?\["([^"]*)"\]\)?$', text, re.MULTILINE)
    names = {i: re.sub(r"#(\d+);", lambda m: chr(int(m[1])), label) for i, label in labels}
    assert list(names.values()) == [node.name for node in graph.nodes]
    edges = re.findall(r"^  (n\d+) (-->|<-\.->) (n\d+)$", text, re.MULTILINE)
    signs = {"-->": "->", "<-.->": "<->"}
    assert tuple((names[a], names[b], signs[arrow]) for a, arrow, b in edges) == graph.edges
    latent = re.search(r"^  class (\S+) latent$", text, re.MULTILINE)
    assert tuple(names[i] for i in latent[1].split(",")) == graph.latents if latent else not graph.latents
