"""What a law says of a model that breaks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SHOWN = 5
"""How many findings a message lists."""


@dataclass(frozen=True)
class Finding:
    """One way in which a model breaks a law.

    Parameters
    ----------
    nodes : tuple of str
        The nodes that it is about.
    text : str
        What was found, with the numbers and their error.
    weight : float
        How grave it is, beside other findings of the same law.
    """

    nodes: tuple[str, ...]
    text: str
    weight: float = 0.0


class BrokenLawError(AssertionError):
    """A model breaks a law.

    Parameters
    ----------
    law : str
        Its name.
    findings : sequence of Finding
        How; the gravest first.
    note : str
        How it was looked for.
    """

    def __init__(self, law: str, findings: Sequence[Finding], note: str = "") -> None:
        self.law = law
        self.findings = tuple(findings)
        lines = [f"{law} is broken{_times(len(findings))}:", *(f"  {finding.text}" for finding in findings[:SHOWN])]
        if len(findings) > SHOWN:
            lines.append(f"  and {len(findings) - SHOWN} more")
        super().__init__("\n".join([*lines, f"  ({note})"] if note else lines))


def require(law: str, findings: Sequence[Finding], note: str = "") -> None:
    """Raise if there are findings.

    Raises
    ------
    BrokenLawError
        With all of them.
    """
    if findings:
        raise BrokenLawError(law, sorted(findings, key=lambda finding: -finding.weight), note)


def _times(n: int) -> str:
    return "" if n == 1 else f" in {n} ways"
