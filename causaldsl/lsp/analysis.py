"""A text as an editor shows it, and all that is known of it; worked out when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from causaldsl.check.examine import Examination, examine_gathered
from causaldsl.errors import Diagnostic
from causaldsl.graph.ir import MechanismSpec
from causaldsl.graph.lower import Lowering
from causaldsl.graph.use import Folder, Gathered, gather
from causaldsl.lsp.names import Index
from causaldsl.source import Source
from causaldsl.syntax.parser import parse
from causaldsl.syntax.tree import Document


@dataclass(frozen=True)
class Relations:
    """What is known of how nodes come about, errors or not.

    Parameters
    ----------
    parents : mapping of str to tuple of str
        The direct causes of each node.
    confounded : tuple of (str, str)
        The pairs that share an unobserved cause.
    groups : mapping of str to tuple of str
        The members of each group.
    mechanisms, defaults : mapping of str to MechanismSpec
        By node what `~` says, and by domain what `default` says.
    """

    parents: Mapping[str, tuple[str, ...]]
    confounded: tuple[tuple[str, str], ...]
    groups: Mapping[str, tuple[str, ...]]
    mechanisms: Mapping[str, MechanismSpec]
    defaults: Mapping[str, MechanismSpec]

    def children(self, name: str) -> tuple[str, ...]:
        """Return the direct effects of a node."""
        return tuple(child for child, parents in self.parents.items() if name in parents)

    def confounded_with(self, name: str) -> tuple[str, ...]:
        """Return the nodes that share an unobserved cause with a node."""
        return tuple(b if a == name else a for a, b in self.confounded if name in (a, b))


@dataclass(frozen=True)
class Analysis:
    """A text and what was found out about it.

    Parameters
    ----------
    source : Source
        The text.
    folder : Folder or None
        Where the files lie that it uses; None for a text that is no file.
    """

    source: Source
    folder: Folder | None = None

    @cached_property
    def _parsed(self) -> tuple[Gathered, list[Diagnostic]]:
        document, syntactic = parse(self.source)
        return gather(document, self.folder), syntactic

    @property
    def gathered(self) -> Gathered:
        """The text as it was written, and all that it uses."""
        return self._parsed[0]

    @property
    def document(self) -> Document:
        """The text as it was written."""
        return self.gathered.documents[0]

    @cached_property
    def examined(self) -> Examination:
        """What `check` finds out."""
        gathered, syntactic = self._parsed
        return examine_gathered(gathered, syntactic, self.folder)

    @cached_property
    def index(self) -> Index:
        """Its names, and where they stand."""
        return Index.of(self.gathered)

    @cached_property
    def relations(self) -> Relations:
        """What causes what and how, as far as it can be read."""
        lowering = Lowering(self.gathered, self.folder)
        lowering.run()
        edges = lowering.edges
        return Relations(
            {child: tuple(sorted(causes, key=edges.rank.__getitem__)) for child, causes in edges.parents.items()},
            tuple(edges.confounded),
            lowering.scope.groups,
            lowering.mechanisms,
            lowering.defaults,
        )
