"""Where the analysed grammar is kept between runs, so that a command starts in a blink."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path


def cache_file(name: str) -> Path | None:
    """Return the path of a file in the user's own cache, or None where there is no safe place for one.

    The file is unpickled by lark, so its folder must be ours alone: a real folder that belongs to this user and that
    nobody else may write to or look into. The shared temporary folder is never used.
    """
    try:
        folder = _user_cache() / "causaldsl"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except (OSError, RuntimeError):
        return None
    private = stat.S_ISDIR(found.st_mode)
    if hasattr(os, "getuid"):
        private = private and found.st_uid == os.getuid() and not found.st_mode & 0o077
    return folder / name if private and os.access(folder, os.W_OK) else None


def _user_cache() -> Path:
    """Return the folder in which this system's programs keep what they can make again."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
