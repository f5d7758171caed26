"""What every kind of mechanism keeps to, the built-in ones and yours: `check_mechanism(plugin)`; it needs torch.

from causaldsl.testing.mechanisms import check_mechanism

def test_it_is_a_mechanism():
check_mechanism(plugin)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from causaldsl.graph.domain import Binary, Categorical, Domain, Real
from causaldsl.plugins.protocols import MechanismPlugin, NodeShape
from causaldsl.testing.kinds import check_laws, passing
from causaldsl.testing.mechanism_cases import Case
from causaldsl.testing.mechanism_laws import LAWS
from causaldsl.testing.statements import check_light, check_options

DOMAINS: tuple[Domain, ...] = (Binary(), Categorical(("0", "1", "2"), is_range=True), Real(), Real(0.0, 10.0))
"""The domains that nodes and causes have in the checks."""


def check_mechanism(plugin: object, options: Any = None, shapes: Iterable[NodeShape] | None = None) -> None:
    """Check a kind of mechanism: what it states, and for each shape of node the laws of its mechanism and its learner.

    Parameters
    ----------
    plugin : MechanismPlugin
        The kind.
    options : instance of its options, optional
        The defaults if None.
    shapes : iterable of NodeShape, optional
        Nodes to build it for; if None, one of each of its domains without causes, with one of each kind that it takes,
        and with one of all kinds, as far as its `check` lets them pass.

    Raises
    ------
    AssertionError
        Where it does not keep to a law; it says to which, and for which node. What the plugin itself raises is not
        caught.
    """
    check_statement(plugin)
    assert isinstance(plugin, MechanismPlugin)
    options = plugin.options() if options is None else options
    cases = [Case(plugin, options, shape) for shape in passing(plugin, options, shapes or shapes_of(plugin))]
    check_laws(cases, LAWS, lambda shape: f"a {shape.domain} node")


def check_statement(plugin: object) -> None:
    """Check what a plugin states of itself: options, domains, and a module that can be imported without torch.

    Raises
    ------
    AssertionError
        If it states it wrongly.
    """
    assert isinstance(plugin, MechanismPlugin), "a mechanism's plugin has `options`, `domains`, `build` and `learner`"
    kinds = {domain.kind for domain in DOMAINS}
    assert plugin.domains, "`domains` names what it can make"
    assert set(plugin.domains) <= kinds, f"its domains are among {sorted(kinds)}, not {sorted(plugin.domains)}"
    takes = getattr(plugin, "parent_domains", kinds)
    known = kinds | {"image"}
    assert set(takes) <= known, f"the causes that it takes are among {sorted(known)}, not {sorted(takes)}"
    infers = getattr(plugin, "abducts", True)
    assert isinstance(infers, bool | frozenset), "`abducts` is True or False, or a frozenset of domains"
    assert isinstance(infers, bool) or infers <= plugin.domains, "`abducts` names domains that it makes"
    assert isinstance(getattr(plugin, "latents", ""), str), "`latents` names the way in which its learner learns them"
    check_options(plugin.options)
    check_light(plugin)


def shapes_of(plugin: MechanismPlugin) -> list[NodeShape]:
    """Return nodes of each domain that a kind makes, with none, one and all of the causes that it takes."""
    takes = getattr(plugin, "parent_domains", {domain.kind for domain in DOMAINS})
    causes = [(f"X{i}", domain) for i, domain in enumerate(DOMAINS[:3]) if domain.kind in takes]
    sets = [(), *((cause,) for cause in causes), tuple(causes)]
    made = [domain for domain in DOMAINS if domain.kind in plugin.domains]
    return [NodeShape("Y", domain, parents) for domain in made for parents in dict.fromkeys(sets)]
