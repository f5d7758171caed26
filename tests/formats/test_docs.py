"""docs/formats.md: every example is converted as it says, and the table is about the formats that there are."""

import re
from pathlib import Path

import pytest

from causaldsl.plugins.formats import formats

TEXT = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```(\w+)\n(.*?)^```\n```(\w+)\n(.*?)^```\n```lost\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
ROWS = [[cell.strip() for cell in row.split("|")[1:-1]] for row in re.findall(r"^\| `.*\|$", TEXT, re.MULTILINE)]


@pytest.mark.parametrize(("source", "text", "target", "expected", "lost"), EXAMPLES)
def test_examples(source: str, text: str, target: str, expected: str, lost: str) -> None:
    graph, before = formats("read")[source].read(text, "x")
    written, after = formats("written")[target].write(graph)
    assert written == expected
    drawn = target == "mermaid"  # a picture: what it does not show is the table's last column
    assert [*before, *(() if drawn else after)] == lost.splitlines()


def test_every_block_is_part_of_an_example() -> None:
    assert len(re.findall("^```", TEXT, re.MULTILINE)) == 6 * len(EXAMPLES)


def test_the_table_is_about_the_formats_that_there_are() -> None:
    read, written = formats("read"), formats("written")
    told = {
        name.strip("`"): (re.findall(r"`(\S+)`", endings), way_in == "yes", way_out == "yes")
        for name, endings, way_in, way_out, *_ in ROWS
    }
    for name, plugin in {**read, **written}.items():
        assert told[name] == (list(plugin.suffixes), name in read, name in written), name
