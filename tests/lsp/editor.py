"""An editor: it starts `causaldsl lsp` and speaks the protocol with it, byte by byte."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

PATIENCE = 60
"""Seconds to wait for anything."""


class Editor:
    """A session with a server.

    Parameters
    ----------
    root : Path, optional
        The folder that is open.
    encodings : list of str, optional
        The position encodings that the editor knows, the preferred first.
    """

    def __init__(self, root: Path | None = None, encodings: list[str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "causaldsl", "lsp", "--stdio"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.arrived: Queue[dict[str, Any] | None] = Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.kept: list[dict[str, Any]] = []
        self.number = 0
        general = {} if encodings is None else {"general": {"positionEncodings": encodings}}
        rename = {"textDocument": {"rename": {"prepareSupport": True}}}
        self.capabilities = self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": None if root is None else root.as_uri(),
                "capabilities": {**general, **rename},
            },
        )["capabilities"]
        self.notify("initialized", {})

    def _read(self) -> None:
        assert self.process.stdout is not None
        for message in _messages(self.process.stdout):
            self.arrived.put(message)
        self.arrived.put(None)

    def send(self, message: dict[str, Any]) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self.process.stdin.flush()

    def notify(self, method: str, params: Any = None) -> None:
        self.send({"method": method, "params": params})

    def answer(self, method: str, params: Any = None) -> dict[str, Any]:
        """Send a request and return the whole response."""
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        return self._next(lambda message: message.get("id") == self.number)

    def request(self, method: str, params: Any = None) -> Any:
        """Send a request and return its result."""
        response = self.answer(method, params)
        assert "error" not in response, response
        return response["result"]

    def _next(self, wanted: Any) -> dict[str, Any]:
        for i, message in enumerate(self.kept):
            if wanted(message):
                return self.kept.pop(i)
        while True:
            message = self.arrived.get(timeout=PATIENCE)
            assert message is not None, "the server has gone"
            if wanted(message):
                return message
            self.kept.append(message)

    # ---- what an editor does

    def open(self, uri: str, text: str) -> None:
        document = {"uri": uri, "languageId": "causal", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri: str, text: str, version: int) -> None:
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def findings(self, uri: str, version: int | None = None) -> list[dict[str, Any]]:
        """Wait for the findings about a text, of a version where one is given."""

        def wanted(message: dict[str, Any]) -> bool:
            if message.get("method") != "textDocument/publishDiagnostics" or message["params"]["uri"] != uri:
                return False
            return version is None or message["params"].get("version") == version

        found: list[dict[str, Any]] = self._next(wanted)["params"]["diagnostics"]
        return found

    def at(self, method: str, uri: str, line: int, character: int, **further: Any) -> Any:
        """Ask about a place."""
        place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        return self.request(f"textDocument/{method}", {**place, **further})

    def quit(self) -> tuple[int, str]:
        """Shut the server down; return its exit code and what it wrote to stderr."""
        assert self.request("shutdown") is None
        self.notify("exit")
        return self._ended()

    def _ended(self) -> tuple[int, str]:
        assert self.process.stderr is not None
        code = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        said = self.process.stderr.read().decode()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return code, said

    def hang_up(self) -> tuple[int, str]:
        """Close the line without a word."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self._ended()


def _messages(stream: Any) -> Iterator[dict[str, Any]]:
    while header := stream.readline():
        length = 0
        while header.strip():
            name, _, value = header.decode().partition(":")
            length = int(value) if name.lower() == "content-length" else length
            header = stream.readline()
        yield json.loads(stream.read(length))


def place(text: str, word: str, nth: int = 0) -> tuple[int, int]:
    """Return line and character (UTF-16) of the nth time that a word stands in a text."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(word, at + 1)
    line_start = text.rfind("\n", 0, at) + 1
    return text.count("\n", 0, at), len(text[line_start:at].encode("utf-16-le")) // 2


def apply(text: str, edits: list[dict[str, Any]]) -> str:
    """Return a text after edits whose characters are UTF-16 units."""
    lines = text.split("\n")

    def offset(position: dict[str, int]) -> int:
        before = sum(len(line) + 1 for line in lines[: position["line"]])
        units = lines[position["line"]].encode("utf-16-le")[: 2 * position["character"]]
        return before + len(units.decode("utf-16-le"))

    for edit in sorted(edits, key=lambda e: offset(e["range"]["start"]), reverse=True):
        start, end = (offset(edit["range"][side]) for side in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text
