"""Files that are whole or not there."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

DRAFT = ".part"
"""Ending of a file that is being written."""


def replace_file(path: Path, content: bytes) -> None:
    """Put content at a path so that at every moment either the old or the new file is there.

    A link is followed, and the mode of an existing file is kept. What is no file, such as /dev/null or a pipe, is
    written to.

    Raises
    ------
    OSError
        If there is no space left or the folder cannot be written; the old file is untouched and no draft is left.
    """
    if is_special(path):
        with path.open("wb") as stream:
            stream.write(content)
        return
    target = path.resolve()
    mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask()
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=DRAFT)
    draft = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        draft.replace(target)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def is_draft(path: Path) -> bool:
    """Tell whether a file is a draft of `replace_file`; one that is there for long was left by a process that died.

    Examples
    --------
    >>> is_draft(Path(".run.json.a7b_x3.part")), is_draft(Path("run.json"))
    (True, False)
    """
    return path.name.startswith(".") and path.suffix == DRAFT


def is_special(path: Path) -> bool:
    """Tell whether a path leads to a device or a pipe, which cannot be replaced and holds nothing to lose.

    Examples
    --------
    >>> is_special(Path(os.devnull)), is_special(Path("no such file"))
    (True, False)
    """
    return path.exists() and not path.is_file() and not path.is_dir()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
