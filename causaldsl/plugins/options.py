"""Typed options: from `neural(hidden=32)` to the plugin's frozen dataclass, or to diagnostics."""

from __future__ import annotations

import types
import typing
from dataclasses import fields
from typing import Any, Literal, get_args, get_origin

from causaldsl.errors import Diagnostic, did_you_mean
from causaldsl.graph.ir import MechanismSpec, Option


def resolve(options: type[Any], spec: MechanismSpec) -> tuple[Any, list[Diagnostic]]:
    """Type the options of a spec by the fields of a plugin's dataclass.

    Returns
    -------
    options : instance of the dataclass or None
        None where there are findings.
    findings : list of Diagnostic
        Unknown options, wrong types, values that the dataclass itself refuses (a ValueError of `__post_init__`).
    """
    hints = typing.get_type_hints(options)
    known = [f.name for f in fields(options)]
    findings: list[Diagnostic] = []
    values: dict[str, Any] = {}
    for option in spec.options:
        if option.name not in known:
            hint = did_you_mean(option.name, known)
            hint = hint or (f"the options are: {', '.join(known)}" if known else f"`{spec.kind}` has no options")
            findings.append(
                Diagnostic("C412", "error", f"`{spec.kind}` has no option `{option.name}`", option.span, hint)
            )
            continue
        value, expected = _typed(hints[option.name], option)
        if expected is not None:
            said = repr(option.value) if option.value_span is None else option.value_span.text
            message = f"option `{option.name}` of `{spec.kind}` is {expected}, not {said}"
            findings.append(Diagnostic("C413", "error", message, option.value_span or option.span))
        values[option.name] = value
    if findings:
        return None, findings
    try:
        return options(**values), []
    except ValueError as error:
        return None, [Diagnostic("C414", "error", f"options of `{spec.kind}`: {error}", spec.span)]


def _typed(hint: Any, option: Option) -> tuple[Any, str | None]:
    """Return the value, and what was expected where it does not fit."""
    value = option.value
    origin = get_origin(hint)
    if origin is Literal:
        allowed = get_args(hint)
        return value, None if value in allowed else f"one of {', '.join(map(str, allowed))}"
    if origin in (typing.Union, types.UnionType):
        fits = [_typed(arg, option) for arg in get_args(hint)]
        return next((f for f in fits if f[1] is None), fits[0])
    if hint is bool:
        return value, None if isinstance(value, bool) else "true or false"
    if hint is int:
        return value, None if isinstance(value, int) and not isinstance(value, bool) else "a whole number"
    if hint is float:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return (float(typing.cast(float, value)), None) if number else (value, "a number")
    if hint is str:
        return value, None if isinstance(value, str) else "a word or a string"
    if origin is tuple:
        return value, None if isinstance(value, tuple) else "a list"
    return value, None
