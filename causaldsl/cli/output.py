"""What commands share: standard input, JSON on stdout, and outputs that are never overwritten unasked."""

from __future__ import annotations

import errno
import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from causaldsl.errors import RunError, UsageError
from causaldsl.files import is_special, replace_file

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
force_option = click.option("--force", is_flag=True, help="Replace existing output.")


def print_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document with its schema; JSON has no infinite number, and none that is none."""
    click.echo(json.dumps(_finite({"schema": 1, **document}), ensure_ascii=False, indent=2, allow_nan=False))


def _finite(value: Any) -> Any:
    """Return a value with null for each number in it that JSON has not; documents are shallow."""
    if isinstance(value, Mapping):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def refuse_existing(path: Path, force: bool) -> None:
    """Refuse to replace a file.

    Raises
    ------
    UsageError
        If it exists and `--force` is not given, if it is a folder, or if its folder does not exist.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "name a file in it")
    if path.exists() and not force and not is_special(path):
        raise UsageError(f"{path} exists", "--force replaces it")
    if not path.parent.is_dir():
        raise UsageError(f"the folder {path.parent} does not exist")


def stdin_text() -> str:
    """Return what stands on standard input.

    Raises
    ------
    UsageError
        If it is not UTF-8.
    """
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not UTF-8: byte {error.start}") from None


def write_text(path: Path, text: str) -> None:
    """Write a text file as `write_bytes` does."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all.

    Raises
    ------
    UsageError
        If it cannot be written.
    RunError
        If there is no space left.
    """
    try:
        replace_file(path, content)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise RunError(f"{path} cannot be written: {reason}", "free some space; nothing was replaced") from None
        raise UsageError(f"{path} cannot be written: {reason}") from None


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print an aligned table; numbers to the right."""
    cells = [[_cell(c) for c in row] for row in rows]
    widths = [max(len(r[i]) for r in [list(header), *cells]) for i in range(len(header))]
    right = [bool(rows) and all(isinstance(row[i], int | float) for row in rows) for i in range(len(header))]
    for row in [list(header), *cells]:
        line = "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True))
        click.echo(line.rstrip())


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
