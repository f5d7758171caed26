"""`ask`: one question, to a graph or to a run."""

from __future__ import annotations

import click

from causaldsl.cli.completion import FILE
from causaldsl.cli.numbers import graph_of, model_of
from causaldsl.cli.output import json_option, print_json
from causaldsl.cli.talk import say
from causaldsl.graph.ask import LIMIT
from causaldsl.graph.ask import ask as ask_graph
from causaldsl.graph.parse_question import parse_question
from causaldsl.graph.question import numeric


@click.command()
@click.argument("source", metavar="FILE|RUN", type=FILE)
@click.argument("question")
@click.option("--limit", type=click.IntRange(min=1), default=LIMIT, show_default=True, help="List so many sets.")
@click.option(
    "--draws", type=click.IntRange(min=100), help="Where no table helps.  [default: 100000, 10000 of pictures]"
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draws.")
@click.option("--allow-unidentified", is_flag=True, help="Answer, with a warning, what no data could tell.")
@json_option
def ask(
    source: str, question: str, limit: int, draws: int | None, seed: int, allow_unidentified: bool, as_json: bool
) -> None:
    """Answer a question of the language, with the reason.

    Example: causaldsl ask examples/lawn.causal 'P(Rain | do(Sprinkler=1))'
    """
    graph = graph_of(source)
    meaning = parse_question(question, graph)
    answer = (
        model_of(source, graph).ask(meaning, draws=draws, seed=seed, allow_unidentified=allow_unidentified)
        if numeric(meaning)
        else ask_graph(graph, meaning, limit)
    )
    if as_json:
        print_json(answer.as_json())
        return
    click.echo(str(answer))
    if getattr(answer, "truncated", False):
        say("there may be more: `--limit` lists more")
