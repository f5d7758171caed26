import json

import pytest
from click.testing import CliRunner, Result

from causaldsl.catalogue import entries
from causaldsl.cli import main
from causaldsl.cli.explain import rendered


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["explain", *args])


def test_a_code_is_explained_with_what_is_wrong_and_right() -> None:
    result = run("C203")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("C203: a cycle\n\nA causal graph has none")
    assert result.stdout.endswith("right:\n    node Price_1, Demand_1, Price_2\n    Price_1 -> Demand_1 -> Price_2\n")
    assert "wrong:\n    node Price, Demand\n    Price -> Demand -> Price\n" in result.stdout
    assert run("c203").stdout == result.stdout


def test_json() -> None:
    entry = entries()["C203"]
    document = json.loads(run("C203", "--json").stdout)
    assert document == {"schema": 1, "code": "C203", "title": entry.title, "text": entry.text}
    listed = json.loads(run("--json").stdout)
    assert listed["codes"] == [{"code": e.code, "title": e.title} for e in entries().values()]


def test_all_codes_are_listed() -> None:
    result = run()
    assert result.exit_code == 0
    assert [line[:4] for line in result.stdout.splitlines()] == list(entries())
    assert "C203  a cycle\n" in result.stdout


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("C299", "the codes C2.. are: C200, C201, C202"),
        ("c2", "the codes C2.. are: C200"),
        ("C099", "a code begins with C1 to C9"),
        ("C2O3", "did you mean `C203`?"),
        ("cycle", "perhaps C203 (a cycle)"),
        ("nonsense", "`causaldsl explain` lists them all"),
    ],
)
def test_an_unknown_code_is_a_usage_error_with_a_way_on(code: str, hint: str) -> None:
    result = run(code)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"there is no code `{code}`" in result.stderr
    assert hint in result.stderr


def test_paragraphs_fit_the_terminal_and_examples_stay_as_they_are() -> None:
    text = "words " * 40 + "\n\nmore\n\n```causal wrong\n" + "A -> B  # " + "x" * 80 + "\n\nC\n```\n"
    lines = rendered(text, 40).split("\n")
    assert max(map(len, lines[:-4])) <= 40
    assert lines[-4:] == ["wrong:", "    A -> B  # " + "x" * 80, "", "    C"]
