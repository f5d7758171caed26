"""Texts for bench/fuzz.py: bytes, words of the grammar, damaged programs; and how a text is made smaller."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from causaldsl.source import Source
from causaldsl.syntax.parser import parse

ROOT = Path(__file__).resolve().parents[1]

_WORD = re.compile(r'"(?:[^"\\\n]|\\.)*"|\w+|[-=<>:|_.!]+|\s+|.', re.DOTALL)
_MORE_WORDS = r"""
P( E[ do( P E do = - < > : A B C X Y A, Y=1 bernoulli( normal( where( table( max( größe 5o # #c
0 1 12 0.5 1e5 1e-3 1e999 00 .5 5. -1 "A" "b" "" "\\" "a\"b" " \
"""
_STRANGE = (
    "\x00\x01\x1b\x7f\x85\xa0\xad\u0301\u061c\u200b\u2028\u202e\u3000\ufeff\u2018\u201c\u201d\u0661\u2460\U0001f600"
    "→←↔⫫≤≥≠ǅﬁ人"
)
_SPACES = (" ", "  ", "\t", "\u00a0", "\n", "\n\n\n", "  # c\n", "\n# c, {\n", "\r\n", "; ")


def corpus() -> list[str]:
    """Every text in the language that the repository has: examples, the reference's, the diagnostics'."""
    fenced = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in ("grammar/README.md", "docs/errors.md"))
    texts = re.findall(r"^```causal.*?\n(.*?)^```", fenced, re.MULTILINE | re.DOTALL)
    texts += [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").glob("*.causal"))]
    for path in sorted((ROOT / "tests" / "diagnostics").glob("*.txt")):
        blocks = path.read_text(encoding="utf-8").split("=== ")[1:]
        texts += [block.partition("\n")[2].partition("\n---\n")[0] for block in blocks]
    return texts


def vocabulary() -> list[str]:
    """The words and signs of the grammar, and names, numbers and space of every kind."""
    grammar = (ROOT / "grammar" / "causal.lark").read_text(encoding="utf-8")
    words = re.findall(r'"((?:[^"\\]|\\.)+)"', grammar.partition("// ---- words")[2])
    return [*words, *_MORE_WORDS.split(), *_STRANGE, "\n", "\n", "\n", " ", "\t", "\r\n", ";"]


class Maker:
    """Makes texts of numbers: the same number and seed give the same text."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.corpus = corpus()
        self.fine = [text for text in self.corpus if not parse(Source("t.causal", text))[1]]
        self.words = vocabulary()
        self.parts = sorted({word for text in self.corpus for word in _WORD.findall(text)})

    def text(self, number: int) -> str:
        """Make a text."""
        random = Random(f"{self.seed}:{number}")
        kinds = (self._bytes, self._characters, self._words, self._damaged, self._disordered, self._repeated)
        return random.choices(kinds, (2, 1, 3, 5, 3, 0.25))[0](random)

    def _bytes(self, random: Random) -> str:
        return random.randbytes(random.randrange(300)).decode("utf-8", errors="replace")

    def _characters(self, random: Random) -> str:
        ranges = (0x20, 0x80, 0x800, 0xD800)
        return "".join(chr(random.randrange(random.choice(ranges))) for _ in range(random.randrange(200)))

    def _words(self, random: Random) -> str:
        pool = random.choice((self.words, self.parts, self.words + self.parts))
        between = random.choice(("", " ", " "))
        return between.join(random.choices(pool, k=random.randrange(80)))

    def _damaged(self, random: Random) -> str:
        """Damage a program, or two that are put together."""
        text = random.choice(self.corpus)
        if random.random() < 0.3:
            text += "\n" + random.choice(self.corpus)
        for _ in range(random.randint(1, random.choice((1, 4, 12)))):
            unit: Callable[[str], list[str]] = random.choice((list, _WORD.findall, _lines))
            text = "".join(self._edited(unit(text) or [""], random))
        return text

    def _disordered(self, random: Random) -> str:
        """Put a program's lines in another order, and other space and comments between some of its words."""
        lines = random.choice(self.fine).splitlines()
        random.shuffle(lines)
        words = _WORD.findall("\n".join(lines))
        share = random.choice((0.02, 0.1, 0.5))
        for i, word in enumerate(words):
            if random.random() < share:
                words[i] = random.choice(_SPACES) if word.isspace() else word + random.choice(("", " ", "\u00a0"))
        return "".join(words)

    def _edited(self, parts: list[str], random: Random) -> list[str]:
        """Delete, insert, replace, double or swap parts."""
        at, to = (random.randrange(len(parts)) for _ in range(2))
        new = random.choice(random.choice((self.words, self.parts, _STRANGE)))
        match random.randrange(6):
            case 0:
                return parts[:at] + parts[at + random.randint(1, 3) :]
            case 1:
                return [*parts[:at], new, *parts[at:]]
            case 2:
                return [*parts[:at], new, *parts[at + 1 :]]
            case 3:
                return parts[:at] + parts[at : at + 3] * random.choice((2, 2, 50)) + parts[at + 3 :]
            case 4:
                return parts[:to] + parts[at : at + 3] + parts[to:]
        parts[at], parts[to] = parts[to], parts[at]
        return parts

    def _repeated(self, random: Random) -> str:
        """Repeat a few words, or a line of a program, very often: what is slow is slow then."""
        if random.random() < 0.5:
            chunk = "".join(random.choices(self.words + self.parts, k=random.randint(1, 4)))
        else:
            chunk = random.choice(random.choice(self.corpus).splitlines() or [""]) + random.choice((";", "\n"))
        head = "" if random.random() < 0.5 else random.choice(self.corpus) + "\n"
        return head + chunk * (20_000 // max(1, len(chunk)))


def shrunk(text: str, fails: Callable[[str], bool], tries: int) -> str:
    """Return a small text that still fails: without lines, then words, then characters that are not needed."""
    left = iter(range(tries))
    units: tuple[Callable[[str], list[str]], ...] = (_lines, _WORD.findall, list)
    for unit in units:
        size = max(1, len(unit(text)) // 2)
        while size:
            for smaller in _without(unit(text), size):
                if next(left, None) is None:
                    return text
                if fails(smaller):
                    text = smaller
                    break
            else:
                size //= 2
    return text


def _without(parts: list[str], size: int) -> Iterator[str]:
    """Yield what is left without each run of so many parts."""
    return ("".join(parts[:at] + parts[at + size :]) for at in range(0, len(parts), size))


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
