"""A kind and its options, `neural(hidden=32)`: of a mechanism in a text, or of a data set on a command line."""

from __future__ import annotations

from causaldsl.errors import Diagnostic, UsageError
from causaldsl.graph.ir import MechanismSpec, Option, OptionValue
from causaldsl.source import Source, Span
from causaldsl.syntax import parser, tree


def spec_of(kind: tree.Kind, source: Source) -> tuple[MechanismSpec, list[Diagnostic]]:
    """Return a kind's name and options; that they exist is for the registry of plugins to say.

    Parameters
    ----------
    kind : Kind
        As written.
    source : Source
        Where it is written.
    """

    def span(part: tree.Tree) -> Span:
        return source.span(part.start, part.end)

    seen: set[str] = set()
    findings = []
    for option in kind.options:
        if option.name.text in seen:
            message = f"the option `{option.name.text}` is given twice"
            findings.append(Diagnostic("C218", "error", message, span(option)))
        seen.add(option.name.text)
    options = tuple(Option(o.name.text, _value(o.value), span(o.name), span(o.value)) for o in kind.options)
    return MechanismSpec(kind.name.text, options, span(kind.name)), findings


def parse_spec(text: str) -> MechanismSpec:
    """Read the name of a plugin and its options.

    Raises
    ------
    UsageError
        If the text is none; findings are in `.diagnostics`.

    Examples
    --------
    >>> spec = parse_spec("celeba(crop=whole_width, train_rows=8000)")
    >>> spec.kind, [(option.name, option.value) for option in spec.options]
    ('celeba', [('crop', 'whole_width'), ('train_rows', 8000)])
    """
    source = Source.normalised("<data>", text)
    kind, findings = parser.parse_kind(source)
    if kind is None:
        raise UsageError(findings)
    spec, findings = spec_of(kind, source)
    if findings:
        raise UsageError(findings)
    return spec


def _value(value: tree.Value) -> OptionValue:
    """Return an option's value: `true` and `false` are truth values, other words are texts."""
    if isinstance(value, tree.Number):
        return value.value
    if isinstance(value, tree.ListValue):
        return tuple(_value(item) for item in value.items)
    if not value.quoted and value.text in ("true", "false"):
        return value.text == "true"
    return value.text
