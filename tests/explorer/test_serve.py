"""`causaldsl serve`: where it listens, and how it ends."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from click.testing import CliRunner

from causaldsl.cli import main

KNOWN = "binary A, B; A := bernoulli(0.3); B := bernoulli(where(A, 0.9, 0.2))"


def test_it_serves_a_file_until_it_is_interrupted(tmp_path):
    (tmp_path / "known.causal").write_text(KNOWN)
    command = [sys.executable, "-m", "causaldsl", "serve", "known.causal", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as server:
        try:
            address = re.search(r"http://127\.0\.0\.1:\d+/", server.stderr.readline()).group()
            with urllib.request.urlopen(f"{address}api/look?do=A=1", timeout=60) as answer:
                found = json.load(answer)
            server.send_signal(signal.SIGINT)
            said = server.stderr.read()
        finally:
            server.kill()
    assert found["worlds"][0]["law"]["B"]["p"] == pytest.approx([0.1, 0.9])
    assert server.returncode == 130
    assert "Traceback" not in said


def test_a_taken_port_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "known.causal").write_text(KNOWN)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = CliRunner().invoke(main, ["serve", "known.causal", "--port", str(taken.getsockname()[1])])
    assert result.exit_code == 2
    assert "--port 0" in result.stderr


def test_what_is_to_be_learned_first_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "open.causal").write_text("binary A, B; A -> B")
    result = CliRunner().invoke(main, ["serve", "open.causal", "--port", "0"])
    assert result.exit_code == 2
    assert "how `A` comes about" in result.stderr
