"""`%%causal` in a real IPython shell."""

from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_text


@pytest.fixture(scope="module")
def started():
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "causaldsl.notebook")
    yield shell
    InteractiveShell.clear_instance()


@pytest.fixture
def shell(started, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    started.reset(new_session=False)
    return started


def run(shell, cell):
    with capture_output() as said:
        result = shell.run_cell(cell, store_history=True)
    return result, said


def pages(said):
    return [output.data.get("text/html", "") for output in said.outputs]


def test_a_cell_binds_its_graph_and_shows_it(shell):
    result, said = run(shell, "%%causal lawn\nbinary Rain, Wet\nRain -> Wet\n")
    assert result.success
    assert result.result is shell.user_ns["lawn"]
    assert shell.user_ns["lawn"] == read_text("binary Rain, Wet; Rain -> Wet")
    assert said.outputs == [], "no finding"
    shown = shell.display_formatter.format(result.result)[0]
    assert shown["image/svg+xml"].startswith("<svg")
    assert shown["text/plain"] == "Rain  binary\n\nWet   binary  <- Rain"
    assert shell.run_cell("lawn.m_separated('Rain', 'Wet')").result is False


def test_without_a_name_the_graph_is_the_cells_value(shell):
    before = set(shell.user_ns)
    result, _ = run(shell, "%%causal\nnode A")
    assert isinstance(result.result, CausalGraph)
    assert not {k for k in set(shell.user_ns) - before if not k.startswith("_")}


def test_errors_are_shown_with_carets_and_no_traceback(shell):
    run(shell, "%%causal g\nnode A")
    result, said = run(shell, '%%causal g\nbinary A\nA -> Bb\nA -> Cc\nA -> "<b>"\n')
    assert not result.success
    assert "g" not in shell.user_ns, "no graph of before is taken for this one's"
    (page,) = pages(said)
    assert page.count("<pre") == 3
    assert "A -&gt; Bb\n       ^^" in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "]:3:6: error[C201]: `Bb` is not declared" in page
    assert "Traceback" not in said.stdout + said.stderr
    assert "3 errors in the cell; no graph is bound" in said.stdout + said.stderr


def test_mechanisms_are_checked_too(shell):
    result, said = run(shell, "%%causal g\nbinary A\nA ~ neurla")
    assert not result.success
    assert "did you mean `neural`?" in pages(said)[0]


def test_warnings_are_shown_beside_the_graph(shell):
    result, said = run(shell, "%%causal g\nlatent U; node A")
    assert result.success
    assert shell.user_ns["g"] is result.result
    (page,) = pages(said)
    assert "warning[C251]" in page
    assert said.outputs[0].data["text/plain"].count("warning[") == 1


def test_names_of_variables_are_checked(shell):
    for line in ("2x", "a b", "class", "a.b"):
        result, said = run(shell, f"%%causal {line}\nnode A")
        assert not result.success
        assert "is no name for a variable" in said.stdout + said.stderr
        assert "Traceback" not in said.stdout + said.stderr


def test_files_are_used_from_beside_the_notebook(shell, tmp_path):
    Path(tmp_path, "labels.causal").write_text("binary A, B")
    result, _ = run(shell, '%%causal g\nuse "labels.causal"\nA -> B')
    assert result.success
    assert shell.user_ns["g"].edges == (("A", "B", "->"),)
    result, said = run(shell, '%%causal g\nuse "../x.causal"')
    assert not result.success
    assert "lies outside" in pages(said)[0]


def test_hostile_names_stay_text(shell):
    name = '"<script>alert(1)</script>"'
    result, said = run(shell, f"%%causal g\nbinary {name}, B\n{name} -> B\n{name} -> B")
    picture = shell.display_formatter.format(result.result)[0]["image/svg+xml"]
    assert "&lt;script&gt;" in picture
    assert "&lt;script&gt;" in pages(said)[0]
    assert "<script" not in picture + pages(said)[0]
