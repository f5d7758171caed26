"""Time a language server from the editor's side of the line: `python bench/lsp.py [--nodes 1000] [--edges 1500]`.

A text with that many nodes and edges is opened, and then a name is typed at its end, letter by letter: once slowly, and
once without waiting. No peer has a language server, so each figure stands beside what `check` does with the same text
in this process (reading, lowering and validating it).
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from causaldsl.check.examine import examine
from causaldsl.lsp.server import PAUSE
from causaldsl.source import Source

URI = "untitled:bench"


def text_of(nodes: int, edges: int) -> str:
    """A random graph: declarations of ten nodes a line, an edge a line."""
    rng = random.Random(0)
    lines = [f"binary {', '.join(f'Node_{i}' for i in range(k, min(k + 10, nodes)))}" for k in range(0, nodes, 10)]
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < edges:
        a, b = sorted(rng.sample(range(nodes), 2))
        pairs.add((a, b))
    return "\n".join([*lines, *(f"Node_{a} -> Node_{b}" for a, b in sorted(pairs))]) + "\n"


class Session:
    """An editor with one text."""

    def __init__(self) -> None:
        self.client = LanguageClient("bench", "1")
        self.published: dict[int, float] = {}
        self.version = 0

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.published[params.version or 0] = time.perf_counter()

    async def start(self) -> float:
        """Start the server; return the seconds to its first answer."""
        begun = time.perf_counter()
        await self.client.start_io(sys.executable, "-m", "causaldsl", "lsp")
        await self.client.initialize_async(types.InitializeParams(capabilities=types.ClientCapabilities()))
        self.client.initialized(types.InitializedParams())
        return time.perf_counter() - begun

    def show(self, text: str) -> float:
        """Open or change the text; return when."""
        self.version += 1
        begun = time.perf_counter()
        if self.version == 1:
            item = types.TextDocumentItem(URI, "causal", 1, text)
            self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        else:
            document = types.VersionedTextDocumentIdentifier(self.version, URI)
            change = [types.TextDocumentContentChangeWholeDocument(text)]
            self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, change))
        return begun

    async def findings(self) -> float:
        """Wait for the findings about the text as it is; return when they came."""
        while self.version not in self.published:
            await asyncio.sleep(0.001)
        return self.published[self.version]

    async def stop(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()


async def timed(ask: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await ask()
    return time.perf_counter() - begun


async def measure(text: str) -> dict[str, list[float]]:
    session = Session()
    found = {"start to first answer": [await session.start()]}
    begun = session.show(text)
    found["open to findings"] = [await session.findings() - begun]
    lines = text.count("\n")
    word = "Node_17 -> Nod"
    slowly = []
    for n in range(1, len(word) + 1):
        begun = session.show(text + word[:n])
        slowly.append(await session.findings() - begun - PAUSE)
    found[f"keystroke to findings, less the pause of {PAUSE * 1000:.0f} ms"] = slowly
    document, ask = types.TextDocumentIdentifier(URI), session.client
    end, on = types.Position(lines, len(word)), types.Position(lines, 2)
    completion, context = types.CompletionParams(document, end), types.ReferenceContext(include_declaration=True)
    asked: dict[str, Callable[[], Awaitable[object]]] = {
        "keystroke to completions": lambda: ask.text_document_completion_async(completion),
        "hover": lambda: ask.text_document_hover_async(types.HoverParams(document, on)),
        "references": lambda: ask.text_document_references_async(types.ReferenceParams(context, document, on)),
    }
    for n in range(5):
        session.show(text + word + "e" * (n + 1))
        for what, question in asked.items():
            found.setdefault(what, []).append(await timed(question))
    for n in range(1, 21):
        begun = session.show(text + "x" * n)
    found["20 keystrokes at once, the last to findings"] = [await session.findings() - begun - PAUSE]
    await session.stop()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--edges", type=int, default=1500)
    arguments = parser.parse_args()
    text = text_of(arguments.nodes, arguments.edges)
    examine(Source("<warm>", "node A"))
    alone = []
    for n in range(5):
        begun = time.perf_counter()
        examine(Source("<text>", text + "x" * n))
        alone.append(time.perf_counter() - begun)
    base = statistics.median(alone)
    print(f"{arguments.nodes:,} nodes, {arguments.edges:,} edges, {text.count(chr(10)):,} lines; wall time, median")
    print(f"{'`check` of the text, in process':58}  {base * 1000:7.0f} ms")
    for what, seconds in asyncio.run(measure(text)).items():
        median = statistics.median(seconds)
        print(f"{what:58}  {median * 1000:7.0f} ms  {median / base:5.1f} times `check`")


if __name__ == "__main__":
    main()
