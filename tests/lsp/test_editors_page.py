"""grammar/editors.md: what can be read of its snippets is read, and names what there is."""

import json
import re
import tomllib
from pathlib import Path

from click.testing import CliRunner

from causaldsl.cli import main
from causaldsl.highlight.textmate import SCOPE
from causaldsl.syntax.words import STATEMENTS

GRAMMAR = Path(__file__).parents[2] / "grammar"
PAGE = (GRAMMAR / "editors.md").read_text(encoding="utf-8")
BLOCKS: dict[str, list[str]] = {}
for kind, text in re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.M | re.S):
    BLOCKS.setdefault(kind, []).append(text)


def test_the_extension_of_vs_code() -> None:
    manifest, language = map(json.loads, BLOCKS["json"])
    (grammar,) = manifest["contributes"]["grammars"]
    (declared,) = manifest["contributes"]["languages"]
    assert (grammar["scopeName"], grammar["language"], declared["extensions"]) == (SCOPE, declared["id"], [".causal"])
    assert (GRAMMAR / grammar["path"]).is_file()
    assert language["comments"]["lineComment"] == "#"


def test_the_languages_of_helix() -> None:
    (settings,) = map(tomllib.loads, BLOCKS["toml"])
    (language,) = settings["language"]
    assert language["scope"] == SCOPE
    server = settings["language-server"][language["language-servers"][0]]
    assert [server["command"], *server["args"]] == ["causaldsl", "lsp"]


def test_every_editor_starts_the_command_that_there_is() -> None:
    for kind in ("js", "lua", "elisp"):
        assert re.search(r'"causaldsl".{1,12}"lsp"', BLOCKS[kind][0]), kind
    assert CliRunner().invoke(main, ["lsp", "--help"]).exit_code == 0


def test_the_keywords_are_all_there() -> None:
    for kind, separator in (("vim", "|"), ("elisp", r"\\|")):
        assert separator.join(STATEMENTS) in BLOCKS[kind][0]
