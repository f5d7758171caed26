"""What every kind of image model keeps to, the built-in ones and yours: `check_image_model(plugin)`; it needs torch.

from causaldsl.testing.images import check_image_model

def test_it_is_an_image_model():
check_image_model(plugin)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from causaldsl.graph.domain import Image
from causaldsl.plugins.protocols import ImagePlugin, NodeShape
from causaldsl.testing.image_cases import Case
from causaldsl.testing.image_laws import LAWS
from causaldsl.testing.kinds import check_laws, passing
from causaldsl.testing.mechanisms import DOMAINS
from causaldsl.testing.statements import check_light, check_options


def check_image_model(plugin: object, options: Any = None, shapes: Iterable[NodeShape] | None = None) -> None:
    """Check a kind of image model: what it states, and for each shape of node the laws of its model and its learner.

    Parameters
    ----------
    plugin : ImagePlugin
        The kind.
    options : instance of its options, optional
        The defaults if None; small ones make the check quick.
    shapes : iterable of NodeShape, optional
        Nodes to build it for; if None, pictures in colour of the smallest size that it draws, with no cause and with
        some of each kind that it takes, and grey ones, as far as its `check` lets them pass.

    Raises
    ------
    AssertionError
        Where it does not keep to a law; it says to which, and for which node. What the plugin itself raises is not
        caught.
    """
    check_statement(plugin)
    assert isinstance(plugin, ImagePlugin)
    options = plugin.options() if options is None else options
    cases = [Case(plugin, options, shape) for shape in passing(plugin, options, shapes or shapes_of(plugin))]
    check_laws(cases, LAWS, lambda shape: f"an {shape.domain}")


def check_statement(plugin: object) -> None:
    """Check what a plugin states of itself: options, causes, sizes, and a module that can be imported without torch.

    Raises
    ------
    AssertionError
        If it states it wrongly.
    """
    assert isinstance(plugin, ImagePlugin), (
        "an image model's plugin has `options`, `parent_domains`, `image_sizes`, `build` and `learner`"
    )
    kinds = {domain.kind for domain in DOMAINS}
    takes = plugin.parent_domains
    assert set(takes) <= kinds, f"the causes that it takes are among {sorted(kinds)}, not {sorted(takes)}"
    assert plugin.image_sizes, "`image_sizes` names the heights and widths that it draws"
    assert all(isinstance(size, int) and size > 0 for size in plugin.image_sizes), "`image_sizes` are whole numbers"
    check_options(plugin.options)
    check_light(plugin)


def shapes_of(plugin: ImagePlugin) -> list[NodeShape]:
    """Return pictures of the smallest size that a kind draws, in colour and grey, with none and all of its causes."""
    size = min(plugin.image_sizes)
    tried = (*DOMAINS[:3], DOMAINS[0])
    causes = tuple((f"X{i}", domain) for i, domain in enumerate(tried) if domain.kind in plugin.parent_domains)
    cases = dict.fromkeys([(3, ()), (3, causes), (1, causes)])
    return [NodeShape("Y", Image(channels, size, size), parents) for channels, parents in cases]
