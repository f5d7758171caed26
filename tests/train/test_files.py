"""Files are whole or not there."""

import errno
import os

import pytest
import torch

from causaldsl.errors import RunError
from causaldsl.train.files import read_json, read_tensors, write_bytes, write_json, write_tensors


def test_tensors_travel_with_their_header(tmp_path):
    path = tmp_path / "x.safetensors"
    transposed = torch.arange(6.0).reshape(2, 3).T
    write_tensors(path, {"node:a%2Eb/x": transposed}, {"step": "7"})
    tensors, about = read_tensors(path)
    assert torch.equal(tensors["node:a%2Eb/x"], transposed)
    assert about == {"step": "7"}


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.json"
    write_json(path, {"a": 1})

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunError, match="No space left on device"):
        write_json(path, {"a": 2})
    assert read_json(path) == {"a": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "x.safetensors"
    write_tensors(path, {"a": torch.ones(100)})
    write_bytes(path, path.read_bytes()[:50])
    with pytest.raises(RunError, match=r"x\.safetensors is damaged"):
        read_tensors(path)
    with pytest.raises(RunError, match="is missing"):
        read_tensors(tmp_path / "none.safetensors")
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(RunError, match="is damaged"):
        read_json(tmp_path / "x.json")
