"""The files of a run: JSON and safetensors, whole or not there, and damage that is named."""

from __future__ import annotations

import errno
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from causaldsl.errors import RunError
from causaldsl.files import replace_file


def write_bytes(path: Path, content: bytes) -> None:
    """Replace a file's content at once.

    Raises
    ------
    RunError
        If there is no space left or the folder cannot be written; the old file is untouched.
    """
    try:
        replace_file(path, content)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        hint = "free some space; what was written before is whole" if full else None
        raise RunError(f"cannot write {path}: {error.strerror}", hint) from None


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Replace a JSON file at once."""
    write_bytes(path, (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode())


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises
    ------
    RunError
        If the file is missing or damaged.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunError(f"cannot read {path}: {error.strerror}") from None
    except ValueError:
        raise RunError(f"{path} is damaged: it is not JSON") from None
    if not isinstance(document, dict):
        raise RunError(f"{path} is damaged: it is not a JSON object")
    return document


def write_tensors(path: Path, tensors: Mapping[str, Tensor], about: Mapping[str, str] | None = None) -> None:
    """Replace a safetensors file at once; `about` travels in its header."""
    whole = {k: t.detach().cpu().contiguous().clone() for k, t in tensors.items()}
    write_bytes(path, save(whole, dict(about or {})))


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Read a safetensors file: its tensors and its header's text.

    Raises
    ------
    RunError
        If the file is missing or damaged.
    """
    try:
        with safe_open(path, framework="pt") as file:
            return {k: file.get_tensor(k) for k in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
    except FileNotFoundError:
        raise RunError(f"{path} is missing") from None
    except (SafetensorError, OSError) as error:
        raise RunError(f"{path} is damaged: {error}") from None
