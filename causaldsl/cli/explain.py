"""`explain`: what a diagnostic's code means, and how to do it right."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Mapping

import click

from causaldsl.catalogue import Entry, closest_code, entries
from causaldsl.cli.completion import complete_code
from causaldsl.cli.output import json_option, print_json
from causaldsl.errors import UsageError

WIDEST = 100
"""How wide a paragraph may become, however wide the terminal is."""

_FENCE = re.compile(r"^```\w* ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@click.command()
@click.argument("code", required=False, shell_complete=complete_code)
@json_option
def explain(code: str | None, as_json: bool) -> None:
    """Explain a diagnostic's code, such as C203; without a code, list them all.

    Example: causaldsl explain C203
    """
    known = entries()
    if code is None:
        if as_json:
            print_json({"codes": [{"code": e.code, "title": e.title} for e in known.values()]})
        else:
            click.echo("\n".join(f"{e.code}  {e.title}" for e in known.values()))
        return
    entry = known.get(code.upper())
    if entry is None:
        raise UsageError(f"there is no code `{code}`", _meant(code, known))
    if as_json:
        print_json({"code": entry.code, "title": entry.title, "text": entry.text})
    else:
        click.secho(f"{entry.code}: {entry.title}\n", bold=True)
        click.echo(rendered(entry.text, min(shutil.get_terminal_size().columns, WIDEST)))


def rendered(text: str, width: int) -> str:
    r"""Lay an entry's text out for a terminal.

    Examples
    --------
    >>> print(rendered("Some\nwords.\n\n```causal wrong\nA B\n```", 40))
    Some words.
    <BLANKLINE>
    wrong:
        A B
    """
    blocks: list[str] = []
    at = 0
    for fence in _FENCE.finditer(text):
        blocks += _paragraphs(text[at : fence.start()], width)
        label = f"{fence[1]}:\n" if fence[1] else ""
        blocks.append(label + textwrap.indent(fence[2].rstrip("\n"), "    "))
        at = fence.end()
    blocks += _paragraphs(text[at:], width)
    return "\n\n".join(blocks)


def _paragraphs(text: str, width: int) -> list[str]:
    found = [part for part in text.strip().split("\n\n") if part]
    return [textwrap.fill(" ".join(part.split()), width, break_long_words=False) for part in found]


def _meant(code: str, known: Mapping[str, Entry]) -> str:
    """Say which codes there are, of the family that was named; or the one whose title has the word."""
    if re.fullmatch(r"[Cc][0-9]{1,3}", code):
        family = [c for c in known if c.startswith(code[:2].upper())]
        return f"the codes {code[:2].upper()}.. are: {', '.join(family)}" if family else "a code begins with C1 to C9"
    titled = [e for e in known.values() if re.search(rf"\b{re.escape(code)}", e.title, re.IGNORECASE)]
    if titled:
        return "perhaps " + ", ".join(f"{e.code} ({e.title})" for e in titled[:5])
    meant = closest_code(code)
    return f"did you mean `{meant}`?" if meant else "`causaldsl explain` lists them all"
