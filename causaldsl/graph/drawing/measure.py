"""How wide a text is, at most, in whatever sans-serif font the reader has.

The widths bound those of DejaVu Sans, one of the widest fonts that a page falls back to: no name leaves its box.
"""

# ruff: noqa: RUF001 - Greek and Cyrillic letters are meant
from __future__ import annotations

import unicodedata
from itertools import accumulate

LONGEST = 26.0
"""A longer label, in ems, loses its middle; the picture's tooltip has it whole."""

_CLASSES = {
    0.38: "'ijlIJf ,./:;\\|-ıłіІΙ",
    0.46: '()[]tr!"',
    0.65: "abcdeghknopqsuvxyz0123456789_?*`$LFP{}ßøđþðŁÞабвгезиклорстухчьэяєГЕЗРТУβγδεζηθκλμνξοπρςστυχΓΕΞΡΣΤΥ",
    0.70: "ABCEKRSTVXYZднпцАБВСХЧЬЭЯЄαφψΑΒΔΖΚΛΧ",
    0.84: "DGHNQ&#+<=>^~wØÐмъыДИКЛНОПЦЪωΗΘΝΟΠΦΨΩ",
    0.92: "OUжфшюМФЫΜ",
    1.00: "mMW@%æÆщ",
}
_EMS = {character: ems for ems, characters in _CLASSES.items() for character in characters}


def ems(text: str) -> float:
    """Return a bound of a text's width in units of the font size.

    Examples
    --------
    >>> ems("il") < ems("no") < ems("MW") < ems("因果因")
    True
    """
    return sum(_EMS[c] if c in _EMS else _other(c) for c in unicodedata.normalize("NFKD", text))


def _other(character: str) -> float:
    """Bound the width of a character that is not in ASCII."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.category(character) == "So":
        return 1.4
    return 1.1 if character.islower() else 1.25


def shortened(text: str, longest: float = LONGEST) -> str:
    """Return a text without its middle where it is wider than `longest` ems.

    Examples
    --------
    >>> shortened("a_name_that_goes_on_and_on_for_ever", 10)
    'a_name…or_ever'
    """
    if ems(text) <= longest:
        return text
    room = (longest - 1) / 2
    return f"{_fitting(text, room)}…{_fitting(text[::-1], room)[::-1]}"


def _fitting(text: str, room: float) -> str:
    """Return the longest beginning of a text that fits."""
    widths = accumulate(map(ems, text))
    return "".join(character for character, width in zip(text, widths, strict=True) if width <= room)
