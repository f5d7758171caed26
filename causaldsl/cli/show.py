"""`show`: a graph as text for the terminal, as a picture, or in any format that can be written."""

from __future__ import annotations

from pathlib import Path

import click

from causaldsl.cli.completion import FILE, complete_node
from causaldsl.cli.output import force_option, json_option, print_json, refuse_existing, write_bytes
from causaldsl.cli.talk import say
from causaldsl.errors import UsageError
from causaldsl.graph.drawing.layout import draw
from causaldsl.graph.drawing.listing import listing
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_file
from causaldsl.plugins import registry
from causaldsl.plugins.formats import endings, writer

PICTURES = (".svg", ".png")


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--do",
    "done",
    multiple=True,
    metavar="X",
    shell_complete=complete_node,
    help="A node that is set: X, or X=1; repeatable.",
)
@click.option(
    "--given",
    "seen",
    multiple=True,
    metavar="Z",
    shell_complete=complete_node,
    help="A node that is seen: Z, or Z=0; repeatable.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write here: X.svg, X.png, X.dot, X.mmd, ..")
@force_option
@json_option
def show(file: str, done: tuple[str, ...], seen: tuple[str, ...], out: Path | None, force: bool, as_json: bool) -> None:
    """Show a graph: causes above effects, arrows that an intervention cuts, nodes that are seen.

    Example: causaldsl show examples/faces.causal --do Bald --given Male=0 --out bald.svg
    """
    suffix = None if out is None else out.suffix.lower()
    if suffix is not None and suffix not in PICTURES:
        if suffix not in endings("written"):
            raise UsageError(f"cannot write `{suffix or out}` files", "the output ends in .svg, .png, .dot or .mmd")
        if done or seen:
            raise UsageError(f"`{suffix}` files show no --do and no --given", "write .svg or .png")
    if out is not None:
        refuse_existing(out, force)
    graph = read_file(file)
    lost: tuple[str, ...] = ()
    if out is None:
        text = listing(graph, done, seen)
    else:
        content, lost = _written(graph, done, seen, out)
        write_bytes(out, content)
    for item in lost:
        say(f"not in the picture: {item}")
    if as_json:
        dot, _ = registry.load("formats", "dot").write(graph)
        print_json({"dot": dot, "out": None if out is None else str(out), "lost": list(lost)})
    elif out is None:
        click.echo(text, nl=False)


def _written(
    graph: CausalGraph, done: tuple[str, ...], seen: tuple[str, ...], out: Path
) -> tuple[bytes, tuple[str, ...]]:
    """Return what is to be written, and what of the graph it cannot hold."""
    if out.suffix.lower() == ".svg":
        return draw(graph, done, seen).svg().encode(), ()
    if out.suffix.lower() == ".png":
        from causaldsl.graph.drawing.png import write_png

        picture, missing = write_png(draw(graph, done, seen))
        return picture, ((f"letters that no font here has: {' '.join(missing)}",) if missing else ())
    text, lost = writer(out).write(graph)
    return text.encode(), lost
