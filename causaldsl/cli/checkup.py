"""What `doctor` examines: packages, plugins, shipped files, and whether a small model can be built and asked."""

from __future__ import annotations

import dataclasses
import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, requires, version

from packaging.requirements import Requirement

from causaldsl.errors import CausalError, Diagnostic
from causaldsl.plugins import protocols
from causaldsl.plugins.registry import GROUPS, Group
from causaldsl.resources import resource

MODULES = {"pillow": "PIL"}
"""Packages whose module has another name."""

SHIPPED = (("docs", "errors.md"), ("grammar", "causal.lark"), ("examples", "faces.causal"))

PROTOCOLS: dict[Group, tuple[type, ...]] = {
    "mechanisms": (protocols.MechanismPlugin,),
    "images": (protocols.ImagePlugin,),
    "datasets": (protocols.DatasetPlugin,),
    "formats": (protocols.GraphReader, protocols.GraphWriter),
    "features": (protocols.FeaturesPlugin,),
}
"""What a plugin of a group is: at least one of these."""

TRIAL = "binary A, B\nA := bernoulli(0.25)\nB := not A\n"


@dataclass(frozen=True)
class Package:
    """A package that causaldsl asks for.

    Parameters
    ----------
    name : str
        As the registry has it.
    wanted : str
        Which versions, such as `>=2.6`.
    version : str, optional
        What is installed; None where nothing is.
    extra : str, optional
        The extra that wants it; None for those that are always needed.
    """

    name: str
    wanted: str
    version: str | None
    extra: str | None = None


@dataclass(frozen=True)
class PluginReport:
    """One plugin, and whether it can be used.

    Parameters
    ----------
    group, name, module : str
        Its entry point.
    package : str, optional
        The distribution that brings it, with its version.
    broken : str, optional
        Why it cannot be used.
    """

    group: str
    name: str
    module: str
    package: str | None
    broken: str | None = None


def packages() -> Iterator[Package]:
    """Yield what pyproject.toml asks for, the extras too."""
    try:
        lines = requires("causaldsl") or []
    except PackageNotFoundError:
        lines = []
    for line in lines:
        wanted = Requirement(line)
        if wanted.name == "causaldsl":  # an extra that contains another one
            continue
        extra = _extra(wanted)
        if extra is None and wanted.marker is not None and not wanted.marker.evaluate():
            continue
        yield Package(wanted.name, str(wanted.specifier), _version(wanted.name), extra)


def _extra(wanted: Requirement) -> str | None:
    """Return the extra that a requirement belongs to, from its marker `extra == "docs"`."""
    found = str(wanted.marker or "").partition("extra == ")[2]
    return found.split('"')[1] if found else None


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def package_findings(
    found: Sequence[Package], imported: Callable[[str], object] = importlib.import_module
) -> Iterator[Diagnostic]:
    """Yield what is missing, too old, or cannot be imported; an extra that is not installed is no finding."""
    if not found:
        message = "causaldsl runs from a folder and is not installed, so that no plugin is found"
        yield Diagnostic("C780", "error", message, None, "pip install -e . in its folder")
    for package in found:
        install = f"pip install '{package.name}{package.wanted}'"
        if package.version is None:
            if package.extra is None:
                yield Diagnostic("C780", "error", f"{package.name} is not installed", None, install)
            continue
        if not Requirement(package.name + package.wanted).specifier.contains(package.version, prereleases=True):
            message = f"{package.name} {package.version} is installed, and {package.wanted} is needed"
            yield Diagnostic("C780", "error", message, None, install)
        elif package.extra is None:
            try:
                imported(MODULES.get(package.name, package.name))
            except Exception as error:
                message = f"{package.name} {package.version} cannot be imported: {_said(error)}"
                yield Diagnostic("C780", "error", message, None, f"pip install --force-reinstall {package.name}")


def plugins(entries: Callable[[Group], Sequence[EntryPoint]] | None = None) -> Iterator[PluginReport]:
    """Yield every plugin of every group, imported and looked at."""
    for group in GROUPS:
        found = entries(group) if entries else entry_points(group=f"causaldsl.{group}")
        for entry in sorted(found, key=lambda entry: entry.name):
            package = f"{entry.dist.name} {entry.dist.version}" if entry.dist else None
            yield PluginReport(group, entry.name, entry.value, package, _broken(group, entry))


def _broken(group: Group, entry: EntryPoint) -> str | None:
    """Say why a plugin cannot be used; None if it can."""
    try:
        plugin = entry.load()
    except Exception as error:
        return f"it cannot be imported: {_said(error)}"
    if isinstance(plugin, type):
        return f"`{entry.value}` is a class, and an instance is wanted"
    if not isinstance(plugin, PROTOCOLS[group]):
        missing = min(([m for m in _members(p) if not hasattr(plugin, m)] for p in PROTOCOLS[group]), key=len)
        return f"it has no {', '.join(f'`{member}`' for member in missing)}"
    options = getattr(plugin, "options", None)
    if options is None:
        return None
    if not (isinstance(options, type) and dataclasses.is_dataclass(options)):
        return "its `options` are no dataclass"
    try:
        options()
    except Exception as error:
        return f"its options have not all a default that is allowed: {_said(error)}"
    return None


def _members(protocol: type) -> list[str]:
    """Return what a protocol asks for, its bases' part too."""
    ours = [base for base in protocol.__mro__ if base.__module__ == protocols.__name__]
    names = {name for base in ours for name in (*vars(base), *getattr(base, "__annotations__", ()))}
    return sorted(name for name in names if not name.startswith("_"))


def plugin_findings(found: Sequence[PluginReport]) -> Iterator[Diagnostic]:
    """Yield the plugins that are broken, and names that two packages bring."""
    for plugin in found:
        if plugin.broken is not None:
            by = f", which {plugin.package} brings," if plugin.package else ""
            message = f"the {plugin.group[:-1]} plugin `{plugin.name}` ({plugin.module}){by} is broken: {plugin.broken}"
            name = (plugin.package or "the package that brings it").split()[0]
            yield Diagnostic("C781", "error", message, None, f"pip install --upgrade {name}, or pip uninstall {name}")
    by_name: dict[tuple[str, str], dict[str, str]] = {}
    for plugin in found:
        by_name.setdefault((plugin.group, plugin.name), {})[plugin.module] = plugin.package or plugin.module
    for (group, name), sources in by_name.items():
        if len(sources) > 1:
            message = (
                f"{len(sources)} {group} are called `{name}`: {' and '.join(sources.values())}; one hides the other"
            )
            yield Diagnostic("C782", "error", message, None, "uninstall one of the packages")


def file_findings() -> Iterator[Diagnostic]:
    """Yield the shipped files that are not there."""
    for folder, name in SHIPPED:
        if not resource(folder, name).is_file():
            message = f"{folder}/{name}, which causaldsl brings along, is missing"
            yield Diagnostic("C783", "error", message, None, "pip install --force-reinstall causaldsl")


def trial_findings() -> Iterator[Diagnostic]:
    """Yield what goes wrong when a small graph is read, compiled, asked and sampled."""
    try:
        from causaldsl.graph.read import read_text
        from causaldsl.scm.build import compile_graph

        model = compile_graph(read_text(TRIAL, "<trial>"))
        answer = model.ask("P(B=1)").as_json()["value"]
        drawn = model.sample(8, seed=0)
        right = abs(answer - 0.75) < 1e-6 and bool((drawn["A"] != drawn["B"]).all())
        reason = None if right else f"P(B=1) is .75, and {answer} came out"
    except Exception as error:
        reason = _said(error)
    if reason is not None:
        message = f"a model of two nodes cannot be built and asked: {reason}"
        yield Diagnostic("C784", "error", message, None, "the findings above say why, or report it, please")


def _said(error: Exception) -> str:
    """Say in a line what an exception says."""
    text = error.diagnostics[0].message if isinstance(error, CausalError) else str(error)
    words = " ".join(text.split())
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def python_version() -> str:
    """Return the version of the running Python."""
    return ".".join(map(str, sys.version_info[:3]))
