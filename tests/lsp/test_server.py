"""The server as an editor sees it: a process that speaks the protocol."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from causaldsl.cli import main
from tests.lsp.editor import Editor, apply, place

TEXT = "binary Young, \U0001d6fc, Bald\nYoung -> \U0001d6fc, Bald\nBald ~ wgan(layers=3)\n"
UNTITLED = "untitled:Untitled-1"


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    """One session for the tests that need no other; the last one ends it."""
    session = Editor()
    yield session
    code, said = session.quit()
    assert code == 0
    assert "Traceback" not in said


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "labels.causal").write_text("binary Young, Bald\nYoung -> Bald\n", encoding="utf-8")
    (tmp_path / "main.causal").write_text('use "labels.causal"\nquery P(Bald | Young)\n', encoding="utf-8")
    return tmp_path


def edits(answer: dict[str, Any], uri: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer["changes"][uri]
    return found


def test_what_the_server_can_do(editor: Editor) -> None:
    able = editor.capabilities
    assert able["positionEncoding"] == "utf-16"
    assert able["textDocumentSync"]["change"] == 1, "the whole text"
    for provider in ("hover", "definition", "references", "documentHighlight", "documentSymbol", "documentFormatting"):
        assert able[f"{provider}Provider"] is True
    assert able["renameProvider"] == {"prepareProvider": True}
    assert "~" in able["completionProvider"]["triggerCharacters"]
    assert able["codeActionProvider"] == {"codeActionKinds": ["quickfix"]}


def test_findings_as_one_types(editor: Editor) -> None:
    uri = "untitled:findings"
    editor.open(uri, TEXT + "\U0001d6fc -> Yuong\n")
    (found,) = editor.findings(uri, 1)
    assert found["code"] == "C201"
    assert found["message"] == "`Yuong` is not declared\nhint: did you mean `Young`?"
    assert found["range"] == {"start": {"line": 3, "character": 6}, "end": {"line": 3, "character": 11}}
    for version in range(2, 6):  # typed fast: only the last version is judged
        editor.change(uri, TEXT + "A" * version, version)
    assert [f["code"] for f in editor.findings(uri, 5)] == ["C101"]
    assert not any(m.get("method") == "textDocument/publishDiagnostics" for m in editor.kept)
    editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert editor.findings(uri) == []


def test_reading(editor: Editor) -> None:
    editor.open(UNTITLED, TEXT)
    assert editor.findings(UNTITLED) == []
    said = editor.at("hover", UNTITLED, *place(TEXT, "Bald", 1))
    assert said["contents"]["value"].startswith("**`Bald`** binary\n\n- caused by `Young`")
    assert said["range"]["start"] == {"line": 1, "character": 13}
    there = editor.at("definition", UNTITLED, *place(TEXT, "Bald", 2))
    assert (there["uri"], there["range"]["start"]) == (UNTITLED, {"line": 0, "character": 18})
    found = editor.at("references", UNTITLED, *place(TEXT, "Young"), context={"includeDeclaration": False})
    assert [f["range"]["start"]["line"] for f in found] == [1]
    assert len(editor.at("documentHighlight", UNTITLED, *place(TEXT, "Bald"))) == 3
    symbols = editor.request("textDocument/documentSymbol", {"textDocument": {"uri": UNTITLED}})
    assert [s["name"] for s in symbols] == ["Young", "\U0001d6fc", "Bald"]
    assert editor.at("hover", UNTITLED, 0, 13) is None
    assert editor.at("definition", UNTITLED, 2, 5) is None


def test_completion_in_a_statement_that_does_not_parse(editor: Editor) -> None:
    uri = "untitled:completion"
    text = TEXT + "\U0001d6fc, Young ~ "
    editor.open(uri, text)
    found = editor.at("completion", uri, 3, 12)
    assert [item["label"] for item in found["items"]] == ["constant", "linear", "neural", "table", "wgan"]
    text = text.replace("~ ", '-> "Ba')
    editor.change(uri, text, 2)
    items = {item["label"]: item for item in editor.at("completion", uri, 3, 16)["items"]}
    assert items["Bald"]["filterText"] == '"Bald"'
    assert apply(text, [items["Bald"]["textEdit"]]).endswith('\n\U0001d6fc, Young -> "Bald"')


def test_rename(editor: Editor) -> None:
    uri = "untitled:rename"
    editor.open(uri, TEXT)
    where = place(TEXT, "\U0001d6fc", 1)
    assert editor.at("prepareRename", uri, *where)["placeholder"] == "\U0001d6fc"
    assert editor.at("prepareRename", uri, 0, 0) is None
    after = apply(TEXT, edits(editor.at("rename", uri, *where, newName="a b"), uri))
    assert after == TEXT.replace("\U0001d6fc", '"a b"')
    request = {"textDocument": {"uri": uri}, "position": dict(zip(("line", "character"), where, strict=True))}
    refused = editor.answer("textDocument/rename", {**request, "newName": "Bald"})
    assert refused["error"]["message"] == "`Bald` is declared already"
    refused = editor.answer("textDocument/rename", {**request, "newName": "model"})
    assert refused["error"]["message"] == '`model` is a word of the language; in quotes it is a name: `"model"`'


def test_format(editor: Editor) -> None:
    uri = "untitled:format"
    text = "\ufeffbinary  A,B # \U0001d6fc\r\nA->B\r\n"
    editor.open(uri, text)
    options = {"textDocument": {"uri": uri}, "options": {"tabSize": 4, "insertSpaces": True}}
    (edit,) = editor.request("textDocument/formatting", options)
    assert edit["newText"] == "binary A, B  # \U0001d6fc\r\nA -> B\r\n"
    assert edit["range"] == {"start": {"line": 0, "character": 1}, "end": {"line": 2, "character": 0}}
    editor.change(uri, edit["newText"], 2)
    assert editor.request("textDocument/formatting", options) == []
    editor.change(uri, "A -> -> B", 3)
    assert editor.request("textDocument/formatting", options) == []


def test_quick_fixes(editor: Editor) -> None:
    uri = "untitled:fixes"
    text = TEXT + "Yuong -> \U0001d6fc\nBlad -> Bald"
    editor.open(uri, text)
    found = editor.findings(uri)
    asked = {"textDocument": {"uri": uri}, "range": found[0]["range"], "context": {"diagnostics": found[:1]}}
    (action,) = editor.request("textDocument/codeAction", asked)
    assert action["title"] == "replace `Yuong` by `Young`"
    assert action["diagnostics"][0]["code"] == "C201"
    assert apply(text, edits(action["edit"], uri)) == text.replace("Yuong", "Young")


def test_files_that_use_each_other(files: Path) -> None:
    editor = Editor(files)
    labels, main_ = (files / "labels.causal").as_uri(), (files / "main.causal").as_uri()
    text = (files / "main.causal").read_text()
    editor.open(main_, text)
    assert editor.findings(main_) == []
    there = editor.at("definition", main_, *place(text, "Bald"))
    assert (there["uri"], there["range"]["start"]) == (labels, {"line": 0, "character": 14})

    unsaved = "binary Young, Old\nYoung -> Bld\n"
    editor.open(labels, unsaved)
    assert [f["code"] for f in editor.findings(labels)] == ["C201"]
    found = editor.findings(main_)
    assert [f["message"].partition("\n")[0] for f in found] == [
        "`Bald` is not declared",
        "labels.causal:2:10: `Bld` is not declared",
    ]
    assert found[1]["relatedInformation"][0]["location"]["uri"] == labels
    for version in (2, 3):
        editor.change(labels, unsaved.replace("Old", "Bald").replace("Bld", "Bald"), version)
    assert editor.findings(labels, 3) == editor.findings(main_) == []

    renamed = editor.at("rename", labels, 0, 8, newName="Youth")
    assert {uri: len(found) for uri, found in renamed["changes"].items()} == {labels: 2, main_: 1}
    editor.notify("textDocument/didClose", {"textDocument": {"uri": main_}})
    assert editor.findings(main_) == []
    renamed = editor.at("rename", labels, 0, 8, newName="Youth")
    assert set(renamed["changes"]) == {labels, main_}, "also in files that are not open"

    (files / "labels.causal").write_text("binary Y")
    editor.open(main_, text)
    editor.notify("textDocument/didClose", {"textDocument": {"uri": labels}})
    assert editor.findings(main_) == []
    assert {f["code"] for f in editor.findings(main_)} == {"C201"}
    (files / "labels.causal").write_text("binary Young, Bald")
    editor.notify("textDocument/didSave", {"textDocument": {"uri": main_}})
    assert editor.findings(main_) == []
    assert editor.quit() == (0, "")


def test_an_untitled_text_has_no_folder(editor: Editor) -> None:
    uri = "untitled:use"
    editor.open(uri, 'use "labels.causal"')
    assert [f["code"] for f in editor.findings(uri)] == ["C233"]


@pytest.mark.parametrize(
    ("encodings", "chosen", "character"), [(["utf-8", "utf-16"], "utf-8", 15), (["utf-32"], "utf-32", 12)]
)
def test_other_encodings(encodings: list[str], chosen: str, character: int) -> None:
    editor = Editor(encodings=encodings)
    assert editor.capabilities["positionEncoding"] == chosen
    editor.open(UNTITLED, "binary \U0001d6fc, B\n\U0001d6fc -> B, C")
    (found,) = editor.findings(UNTITLED)
    assert found["range"]["start"] == {"line": 1, "character": character - 4}
    assert editor.hang_up()[0] == 0


def test_nonsense_is_refused_and_survived(editor: Editor) -> None:
    assert editor.answer("textDocument/nonsense", {})["error"]["code"] == -32601
    uri = "untitled:nonsense"
    editor.open(uri, '\x00\ud7ff(((("\n' * 50 + "\U0010ffff")
    assert editor.findings(uri)
    for line, character in ((0, 0), (3, 2), (50, 1), (999, 999)):
        for method in ("hover", "completion", "definition", "prepareRename", "documentHighlight"):
            editor.at(method, uri, line, character)


def test_a_thousand_nodes_are_answered_while_one_types(editor: Editor) -> None:
    uri = "untitled:large"
    text = "\n".join([f"binary A{i}" for i in range(1000)] + [f"A{i} -> A{i + 1}" for i in range(999)])
    editor.open(uri, text)
    assert editor.findings(uri) == []
    for version in range(2, 12):
        editor.change(uri, text + f"\nA{version} ->", version)
    found = editor.at("completion", uri, 1999, 6)
    assert (len(found["items"]), found["isIncomplete"]) == (200, True)
    assert [f["code"] for f in editor.findings(uri, 11)] == ["C101"]


def test_without_pygls_the_command_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    result = CliRunner().invoke(main, ["lsp"])
    assert result.exit_code == 2
    assert result.stderr == "error[C700]: the language server needs pygls\n  hint: pip install 'causaldsl[lsp]'\n"


def test_the_pure_part_needs_no_pygls_and_nothing_needs_torch() -> None:
    code = (
        "import pkgutil, sys, causaldsl.lsp\n"
        "for module in pkgutil.iter_modules(causaldsl.lsp.__path__):\n"
        "    if module.name not in ('server', 'protocol'):\n"
        "        __import__(f'causaldsl.lsp.{module.name}')\n"
        "assert 'pygls' not in sys.modules\n"
        "import causaldsl.lsp.server\n"
        "assert not {'torch', 'networkx', 'pandas', 'matplotlib'} & set(sys.modules), 'heavy imports'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_session_is_over_when_the_editor_is_gone() -> None:
    assert Editor().hang_up() == (0, "")
