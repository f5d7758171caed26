from pathlib import Path

from causaldsl.check.examine import examine
from causaldsl.graph.use import Folder
from causaldsl.source import Source


def codes(text: str, folder: Folder | None = None, name: str = "<text>") -> list[str]:
    return [finding.code for finding in examine(Source(name, text), folder).findings]


def test_what_reading_and_what_validating_finds_stand_in_the_order_of_the_text() -> None:
    text = "binary A, B\nA ~ neurla\nA -> B\nA -> B\nB ~ neural(hiden=3)"
    assert codes(text) == ["C411", "C250", "C412"]


def test_a_text_with_errors_has_no_graph_and_is_not_validated() -> None:
    examined = examine(Source("<text>", "binary A\nA ~ neurla\nA -> B C"))
    assert (examined.graph, [f.code for f in examined.findings]) == (None, ["C101"])
    assert [type(s).__name__ for s in examined.gathered.documents[0].statements] == [
        "Declaration",
        "Mechanism",
        "Broken",
    ]


def test_findings_about_used_files_come_last(tmp_path: Path) -> None:
    (tmp_path / "used.causal").write_text("binary A\nA -> B")
    text = 'binary C\nuse "used.causal"\nC -> D'
    assert codes(text, Folder(tmp_path), str(tmp_path / "main.causal")) == ["C201", "C201"]
    examined = examine(Source(str(tmp_path / "main.causal"), text), Folder(tmp_path))
    assert [f.span and Path(f.span.source.name).name for f in examined.findings] == ["main.causal", "used.causal"]
    assert len(examined.gathered.documents) == 2
