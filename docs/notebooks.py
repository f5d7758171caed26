"""The notebooks of the site: executed here, their outputs kept in them, shown by Sphinx without executing again.

    python docs/notebooks.py            execute all and keep the outputs

A notebook is executed by IPython in this process, in an empty folder; a line after `!` may call `causaldsl` alone.
"""

from __future__ import annotations

import base64
import contextlib
import html
import io
import json
import os
import shlex
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "notebooks"
SHOWN = ("text/plain", "text/html", "image/svg+xml", "image/png")
"""What is kept of a value, of all the ways in which it can show itself."""
Json = dict[str, Any]


def executed(path: Path) -> Json:
    """Return a notebook with the outputs that its cells have now."""
    from IPython.core.interactiveshell import InteractiveShell

    document: Json = json.loads(path.read_text(encoding="utf-8"))
    shell, values = InteractiveShell(), list[Any]()
    shell.display_trap.hook = lambda value: None if value is None else values.append(value)
    with tempfile.TemporaryDirectory() as folder, _inside(folder):
        for count, cell in enumerate(_code(document), 1):
            values.clear()
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                shell.run_cell(_calls("".join(cell["source"]))).raise_error()
            cell["execution_count"] = count
            cell["outputs"] = [_printed(printed.getvalue())] * bool(printed.getvalue())
            cell["outputs"] += [_result(shell.display_formatter.format(value)[0], count) for value in values]
    return document


def said(document: Json) -> list[str]:
    """Return what the cells print and show as text."""
    return [
        "".join(output.get("text") or output["data"]["text/plain"])
        for cell in _code(document)
        for output in cell["outputs"]
    ]


def as_markdown(document: Json) -> str:
    """Return a notebook as a page: cells as they are, outputs below them."""
    parts: list[str] = []
    for cell in document["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(text)
            continue
        parts.append(f"```{'causal' if text.startswith('%%causal') else 'python'}\n{text}\n```")
        parts += [_shown(output) for output in cell["outputs"]]
    return "\n\n".join(parts) + "\n"


def read(app: Any, name: str, source: list[str]) -> None:
    """Let Sphinx read a notebook as the page that it is; connected to `source-read`."""
    if Path(app.env.doc2path(name)).suffix == ".ipynb":
        source[0] = as_markdown(json.loads(source[0]))


def _code(document: Json) -> Iterator[Json]:
    return (cell for cell in document["cells"] if cell["cell_type"] == "code")


@contextlib.contextmanager
def _inside(folder: str) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _calls(source: str) -> str:
    """Return the source with `!causaldsl ..` as a call of this very Python's command line."""
    lines = source.split("\n")
    for i, line in enumerate(lines):
        if line.startswith("!"):
            program, *arguments = shlex.split(line[1:])
            assert program == "causaldsl", line
            lines[i] = f"__import__('causaldsl.cli').cli.main({arguments!r}, standalone_mode=False)"
    return "\n".join(lines)


def _printed(text: str) -> Json:
    return {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}


def _result(shown: Mapping[str, str | bytes], count: int) -> Json:
    data = {
        kind: base64.b64encode(content).decode() if isinstance(content, bytes) else content.splitlines(keepends=True)
        for kind, content in shown.items()
        if kind in SHOWN
    }
    return {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": count}


def _shown(output: Json) -> str:
    """Return an output as Markdown: a drawing or a picture if there is one, else text."""
    data = output.get("data", {})
    for kind in ("text/html", "image/svg+xml"):
        if kind in data:
            return f"```{{raw}} html\n{''.join(data[kind])}\n```"
    if "image/png" in data:
        text = html.escape("".join(data["text/plain"]))
        return f'```{{raw}} html\n<img alt="{text}" src="data:image/png;base64,{data["image/png"]}">\n```'
    return f"```text\n{''.join(output.get('text') or data['text/plain']).rstrip()}\n```"


def main() -> None:
    """Execute all notebooks and keep their outputs."""
    for path in sorted(FOLDER.glob("*.ipynb")):
        path.write_text(json.dumps(executed(path), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(path.name, file=sys.stderr)


if __name__ == "__main__":
    main()
