import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causaldsl.lsp.positions import Encoding, Ruler
from causaldsl.source import Source

TEXTS = st.text(st.sampled_from("ab \n\r\t\u00e4\u4e2d\U0001d6fc\U0001f98c\u2028\x0b"), max_size=30)
CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def units(text: str, encoding: str) -> int:
    codec, size = CODECS[encoding]
    return len(text.encode(codec)) // size


def lines(text: str) -> list[str]:
    """The lines of the protocol: they end with CRLF, LF or CR, and with nothing else."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@settings(deadline=None)
@given(TEXTS, st.sampled_from(list(CODECS)), st.booleans())
def test_every_place_there_and_back(text: str, encoding: Encoding, mark: bool) -> None:
    shown = "\ufeff" + text if mark else text
    ruler = Ruler(Source.normalised("<text>", shown), encoding, mark)
    found = []
    for line, content in enumerate(lines(shown)):
        for column in range(int(mark and line == 0), len(content) + 1):
            found.append((line, units(content[:column], encoding)))
    assert [ruler.position(i) for i in range(len(ruler.source.text) + 1)] == found
    assert [ruler.offset(*position) for position in found] == [*range(len(ruler.source.text) + 1)]


@settings(deadline=None)
@given(TEXTS, st.sampled_from(list(CODECS)), st.integers(-3, 40), st.integers(-3, 40))
def test_any_position_is_a_place(text: str, encoding: Encoding, line: int, character: int) -> None:
    ruler = Ruler(Source.normalised("<text>", text), encoding)
    offset = ruler.offset(line, character)
    assert 0 <= offset <= len(ruler.source.text)
    if 0 <= line < len(ruler.source.line_starts):
        assert ruler.source.position(offset).line == line + 1


@pytest.mark.parametrize(("character", "offset"), [(0, 0), (1, 0), (2, 1), (3, 2), (9, 2)])
def test_inside_a_character_is_its_beginning(character: int, offset: int) -> None:
    assert Ruler(Source("<text>", "\U0001d6fcb")).offset(0, character) == offset


def test_a_lone_surrogate_is_counted() -> None:
    for encoding in CODECS:
        Ruler(Source("<text>", "\ud800b"), encoding).position(2)  # type: ignore[arg-type]


def test_beyond_the_text() -> None:
    assert Ruler(Source("<text>", "ab")).position(99) == (0, 2)
