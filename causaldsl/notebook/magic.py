"""The cell magic `%%causal`."""

from __future__ import annotations

import keyword
from pathlib import Path
from typing import TYPE_CHECKING

from IPython.core.error import UsageError
from IPython.display import display

from causaldsl.check.examine import examine
from causaldsl.errors import GraphError
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.use import Folder
from causaldsl.notebook.findings import Findings
from causaldsl.source import Source

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class CellError(GraphError):
    """A cell holds errors, which are shown already; it fails without a traceback."""

    def _render_traceback_(self) -> list[str]:
        errors = len(self.diagnostics)
        return [f"{errors} {'error' if errors == 1 else 'errors'} in the cell; no graph is bound"]


class CausalMagic:
    """The magic of one shell.

    Parameters
    ----------
    shell : InteractiveShell
        Whose namespace the graphs go to.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell

    def causal(self, line: str, cell: str) -> CausalGraph:
        """Read the cell as a causal text, bind its graph to a name and show it.

        Usage: `%%causal [name]`. Files that the text uses lie beside the notebook.
        """
        name = line.strip()
        if name and (not name.isidentifier() or keyword.iskeyword(name)):
            raise UsageError(f"%%causal: `{name}` is no name for a variable; write %%causal or %%causal name")
        self.shell.user_ns.pop(name, None)
        below = "\n" + cell  # the magic's own line counts, as it does in the editor
        source = Source.normalised(f"In [{self.shell.execution_count}]", below)
        examination = examine(source, Folder(Path.cwd()))
        if examination.findings:
            display(Findings(examination.findings))
        errors = [finding for finding in examination.findings if finding.severity == "error"]
        if examination.graph is None or errors:
            raise CellError(errors)
        if name:
            self.shell.user_ns[name] = examination.graph
        return examination.graph
