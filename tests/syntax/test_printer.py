import re
from pathlib import Path

import pytest

from causaldsl.source import Source
from causaldsl.syntax.parser import parse
from causaldsl.syntax.printer import format_document, same_meaning
from causaldsl.syntax.tree import Document

ROOT = Path(__file__).parents[2]


def document(text: str) -> Document:
    found, findings = parse(Source.normalised("<text>", text))
    assert findings == []
    return found


def laid_out(text: str) -> str:
    return format_document(document(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("binary   A,B ;real C in[0,1]", "binary A, B\nreal   C in [0, 1]\n"),
        ("categorical H{a,b,}; binary A", "categorical H {a, b}\nbinary A\n"),
        ("categorical D{ -3 .. 3 }", "categorical D {-3..3}\n"),
        ("image F [ 3 ,8 , 8 ]", "image F[3, 8, 8]\n"),
        ("latent U:real in[-inf,1e3]", "latent U : real in [-inf, 1e3]\n"),
        ('"A" → "B b"', 'A -> "B b"\n'),
        ('"model" -> "12"', '"model" -> "12"\n'),
        ("人 -> B\nAbc -> D", "人  -> B\nAbc -> D\n"),
        ("A->B;A,B<->C", "A    -> B\nA, B <-> C\n"),
        ("{A , B ,}->*", "{A, B} -> *\n"),
        ('A~k( x=-1,y="true",z=[ 1,[a] ] )', 'A ~ k(x=-1, y="true", z=[1, [a]])\n'),
        ("group  G=A,*", "group G = A, *\n"),
        ("Y:=-X^-2*3/Z- -1+exp( X )", "Y := -X^-2*3/Z - -1 + exp(X)\n"),
        ("Y:=where( not(A>1)and B!=c,1,0 )", "Y := where(not (A > 1) and B != c, 1, 0)\n"),
        ("Y:=exp( X )*( X )", "Y := exp(X)*(X)\n"),
        ("query ( P( A ) )", "query (P(A))\n"),
        ("Y|X:=[[0.5,0.5]]", "Y | X := [[0.5, 0.5]]\n"),
        ("Y := 2*( X+1 )", "Y := 2*(X + 1)\n"),
        ("Y := ((X))#c", "Y := ((X))  #c\n"),
        ("query ( P(A)-(1) )", "query (P(A) - (1))\n"),
        ("Y := in+1-within", "Y := in + 1 - within\n"),
        ('Y := table( "y" )', 'Y := table("y")\n'),
        ('use "x"; model "m" "t"', 'use "x"\nmodel m "t"\n'),
        ("query P( Y = 1|do( X:=bernoulli( 0.5 ) ),Age>=3 )", "query P(Y=1 | do(X := bernoulli(0.5)), Age >= 3)\n"),
        ("assert not(P( A )+1)*2==-1 within 0.5", "assert not (P(A) + 1)*2 == -1 within 0.5\n"),
        ("query E [ Y[ X = 1,M=M[X=0] ]-Y ]", "query E[Y[X=1, M=M[X=0]] - Y]\n"),
        ("query X⫫Y|{ }", "query X _||_ Y | {}\n"),
        ("query adjustment X→Y|Z", "query adjustment X -> Y | Z\n"),
        ("node A;node B#c", "node A\nnode B  #c\n"),
        ("node A;node B#allow: C250", "node A; node B  #allow: C250\n"),
        ("node A;A->B,# allow: C250\nC;node D", "node A; A -> B,  # allow: C250\n    C\nnode D\n"),
        ("A->\nB;C->D # allow: C250", "A ->\n    B; C -> D  # allow: C250\n"),
        ("node A\n# allow: C250\nnode B", "node A\n# allow: C250\nnode B\n"),
        ("\n\n# a\n\n\n\n  # b\nnode A#c  \n\n", "# a\n\n# b\nnode A  #c\n"),
        ("node A,  # one\n\n  B,\n      # two\n      C", "node A,  # one\n    B,\n    # two\n    C\n"),
        ("A -> {\nB, # b\nC,\n}", "A -> {\n    B,  # b\n    C,\n}\n"),
        ("A ->\nB", "A ->\n    B\n"),
        ("A -> B\n# between\nAbc -> D\n\nE -> F", "A   -> B\n# between\nAbc -> D\n\nE -> F\n"),
        ("default binary~a; Bald~b", "default binary ~ a\nBald           ~ b\n"),
        ("query A _||_ B; assert A _||_ B", "query  A _||_ B\nassert A _||_ B\n"),
        (
            f"{', '.join(['Abcdefghij'] * 5)} -> B\nA -> B\nAb -> B",
            f"{', '.join(['Abcdefghij'] * 5)} -> B\nA  -> B\nAb -> B\n",
        ),
        ("", ""),
        ("# only", "# only\n"),
    ],
)
def test_layout(text: str, expected: str) -> None:
    assert laid_out(text) == expected
    assert laid_out(expected) == expected


def test_the_example_is_laid_out() -> None:
    text = (ROOT / "examples" / "celeba.causal").read_text(encoding="utf-8")
    assert laid_out(text) == text


def test_examples_of_the_reference_are_laid_out_once_and_for_all() -> None:
    reference = (ROOT / "grammar" / "README.md").read_text(encoding="utf-8")
    for text in re.findall(r"^```causal.*?\n(.*?)^```", reference, re.MULTILINE | re.DOTALL):
        assert same_meaning(document(laid_out(text)), document(text))
        assert laid_out(laid_out(text)) == laid_out(text)


def test_same_meaning_sees_differences() -> None:
    text = "binary A, B  # c\nA -> B\nB ~ k(x=1)"
    for other in (
        text.replace("c", "d"),
        text.replace("->", "<-"),
        text.replace("x=1", "x=2"),
        text + "\nA ~ k",
        "binary A",
    ):
        assert not same_meaning(document(text), document(other))
    assert same_meaning(document(text), document(text.replace("A", '"A"').replace(" -", "  -")))
