import os
import subprocess
import sys
from pathlib import Path

import pytest

from causaldsl.syntax.cache import cache_file

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the folder private by other means")


@pytest.fixture
def cache_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    return tmp_path


@POSIX
def test_the_folder_is_ours_alone(cache_home: Path) -> None:
    assert cache_file("x") == cache_home / "causaldsl" / "x"
    assert (cache_home / "causaldsl").stat().st_mode & 0o077 == 0


@POSIX
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o755])
def test_a_folder_that_others_see_is_not_used(cache_home: Path, mode: int) -> None:
    (cache_home / "causaldsl").mkdir()
    (cache_home / "causaldsl").chmod(mode)
    assert cache_file("x") is None


@POSIX
def test_a_link_or_a_file_is_not_used(cache_home: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (cache_home / "causaldsl").symlink_to(tmp_path / "elsewhere")
    assert cache_file("x") is None
    (cache_home / "causaldsl").unlink()
    (cache_home / "causaldsl").write_text("a file")
    assert cache_file("x") is None


@POSIX
def test_another_users_folder_is_not_used(cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    assert cache_file("x") is None


def test_a_damaged_cache_is_passed_over(tmp_path: Path) -> None:
    read = "from causaldsl.graph.read import read_text; print(len(read_text('node A, B; A -> B').edges))"
    for _ in range(3):
        run = subprocess.run(
            [sys.executable, "-c", read],
            env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert (run.stdout, run.stderr) == ("1\n", "")
        for file in (tmp_path / "causaldsl").iterdir():
            file.write_bytes(file.read_bytes()[:-2000])
