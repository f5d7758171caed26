import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from causaldsl.cli import main
from causaldsl.graph import layout

UNTIDY, TIDY = "binary   A,B#c\r\nA→B", "binary A, B  #c\nA -> B\n"


def run(*args: str | Path, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["fmt", *map(str, args)], input=stdin)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.causal"
    path.write_bytes(UNTIDY.encode())
    return path


def test_files_are_laid_out_in_place(file: Path) -> None:
    file.chmod(0o640)
    result = run(file)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"{file}: laid out anew\n"
    assert file.read_bytes() == TIDY.encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [p.name for p in file.parent.iterdir()] == ["x.causal"]
    assert run(file).stderr == ""


def test_check_and_diff_write_nothing(file: Path) -> None:
    result = run("--check", file)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "would be laid out anew" in result.stderr
    result = run("--diff", file)
    assert result.exit_code == 0
    assert "+binary A, B  #c\n" in result.stdout
    assert file.read_bytes() == UNTIDY.encode()
    file.write_text(TIDY)
    assert run("--check", file).exit_code == 0
    assert run("--diff", file).stdout == ""


def test_standard_input(file: Path) -> None:
    result = run("-", stdin=UNTIDY)
    assert (result.exit_code, result.stdout) == (0, TIDY)
    assert run("--check", "-", stdin=UNTIDY).exit_code == 1
    assert run("-", stdin=b"node \xff").exit_code == 2


def test_a_text_that_cannot_be_read_stays_as_it_is(file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.causal"
    broken.write_text("binary A B")
    result = run(broken, file)
    assert result.exit_code == 1
    assert "error[C101]" in result.stderr
    assert broken.read_text() == "binary A B"
    assert file.read_text() == TIDY, "the others are laid out all the same"


def test_a_graph_with_errors_is_laid_out(file: Path) -> None:
    file.write_text("A->B")
    assert run(file).exit_code == 0
    assert file.read_text() == "A -> B\n"


def test_missing_files_and_folders_that_cannot_be_written(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(tmp_path / "none.causal").exit_code == 2

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = run(file)
    assert result.exit_code == 3
    assert "no space left on device" in result.stderr
    assert file.read_bytes() == UNTIDY.encode()
    assert [p.name for p in file.parent.iterdir()] == ["x.causal"]


def test_nothing_is_written_if_the_meaning_would_change(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "format_document", lambda document: "binary A\n")
    result = run(file)
    assert result.exit_code == 1
    assert "would change its meaning" in result.stderr
    assert file.read_bytes() == UNTIDY.encode()


def test_links_are_followed(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.causal"
    link.symlink_to(file)
    assert run(link).exit_code == 0
    assert link.is_symlink()
    assert file.read_text() == TIDY
