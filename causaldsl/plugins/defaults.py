"""Which mechanism a node has: its own, or the built-in default of its domain."""

from __future__ import annotations

from typing import Literal

from causaldsl.graph.domain import Image
from causaldsl.graph.ir import MechanismSpec, Node

LABEL_DEFAULT = MechanismSpec("neural")
IMAGE_DEFAULT = MechanismSpec("r3gan")


def mechanism_of(node: Node) -> MechanismSpec:
    """Return what the text says (own before `default`), else the built-in default."""
    return node.mechanism or (IMAGE_DEFAULT if isinstance(node.domain, Image) else LABEL_DEFAULT)


def door_of(node: Node) -> Literal["mechanisms", "images"]:
    """Return the plugin group that the node's mechanism comes from."""
    return "images" if isinstance(node.domain, Image) else "mechanisms"
