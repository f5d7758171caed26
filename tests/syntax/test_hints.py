"""Hints for those who come from another language: each is given, and what it says to write is in the language.

The texts of the hints are in tests/diagnostics/C101.txt; here each mistake stands beside what it becomes once its hint
is followed.
"""

import pytest

from causaldsl.errors import UsageError
from causaldsl.graph.expression import FUNCTIONS, LAWS
from causaldsl.graph.parse_question import parse_assignment, parse_question
from causaldsl.graph.read import read_source, read_text
from causaldsl.source import Source
from causaldsl.syntax import hints_equations

DECLARED = "binary A, B, C; real X, Y, Z\n"

FOLLOWED = """
A < B                       ==>  A -> B
A > B                       ==>  A -> B
A >> B                      ==>  A -> B
A => B                      ==>  A -> B
A ==> B                     ==>  A -> B
A ~> B                      ==>  A -> B
A --> B                     ==>  A -> B
A ---> B                    ==>  A -> B
A <= B                      ==>  A <- B
A <-- B                     ==>  A <- B
A <--> B                    ==>  A <-> B
A <=> B                     ==>  A <-> B
A -- B                      ==>  A <-> B
A --- B                     ==>  A -> B
A B -> C                    ==>  A, B -> C
{A B} -> C                  ==>  {A, B} -> C
A & B -> C                  ==>  A, B -> C
A + B -> C                  ==>  A, B -> C
A and B -> C                ==>  A, B -> C
(A, B) -> C                 ==>  A, B -> C
[A, B] -> C                 ==>  {A, B} -> C
A: [B]                      ==>  A -> B
{"A": ["B"]}                ==>  A -> B
graph = {"A": ["B"]}        ==>  A -> B
A -> 'B'                    ==>  A -> "B"
node D-E                    ==>  node "D-E"
node D.E                    ==>  node "D.E"
node 12                     ==>  node "12"
binary D E                  ==>  binary D, E
bool D                      ==>  binary D
float D                     ==>  real D
hidden D                    ==>  latent D : real; D -> A, B
binay D                     ==>  binary D
binary D := bernoulli(0.5)  ==>  binary D; D := bernoulli(0.5)
binary D = 1                ==>  binary D; D := 1
binary D ~ neural           ==>  binary D; D ~ neural
node D, E -> A              ==>  node D, E; E -> A
binary D {x, y}             ==>  categorical D {x, y}
categorical D = {x, y}      ==>  categorical D {x, y}
categorical D               ==>  categorical D {x, y}
categorical D {x..z}        ==>  categorical D {0..9}
categorical D {x, y}, E     ==>  categorical D {x, y}; node E
latent D real               ==>  latent D : real; D -> A, B
latent D {x, y}             ==>  latent D : categorical {x, y}; D -> A, B
binary D in [0, 1]          ==>  real D in [0, 1]
real D in (0, 10)           ==>  real D in [0, 10]
binary D[3, 64, 64]         ==>  image D[3, 64, 64]; A -> D
image D[3, 64]              ==>  image D[3, 64, 64]; A -> D
image D                     ==>  image D[3, 64, 64]; A -> D
default ~ neural            ==>  default binary ~ neural
A ~ neural(8)               ==>  A ~ neural(hidden=8)
A ~ neural(hidden: 8)       ==>  A ~ neural(hidden=8)
A ~ neural(hidden=8,)       ==>  A ~ neural(hidden=8)
Y ~ normal(0, 1)            ==>  Y := normal(0, 1)
Y ~ normal(X, 1)            ==>  Y := normal(X, 1)
Y ~ Normal(0, 1)            ==>  Y := normal(0, 1)
Y ~ N(0, 1)                 ==>  Y := normal(0, 1)
Y ~ X + Z                   ==>  X, Z -> Y
Y ~ 1 + X                   ==>  X -> Y
Y ~ X * Z                   ==>  X, Z -> Y
Y ~ .                       ==>  * -> Y
Y ~~ X                      ==>  Y <-> X
D =~ X + Y                  ==>  latent D; D -> X, Y
Y = X + 1                   ==>  Y := X + 1
Y == X + 1                  ==>  Y := X + 1
Y <- X + 1                  ==>  Y := X + 1
Y <- 1                      ==>  Y := 1
Y : X + 1                   ==>  Y := X + 1
Y := X**2                   ==>  Y := X^2
Y := .5*X                   ==>  Y := 0.5*X
Y := 5.*X                   ==>  Y := 5.0*X
Y := 2 X                    ==>  Y := 2*X
Y := exp X                  ==>  Y := exp(X)
Y := X if A else Z          ==>  Y := where(A, X, Z)
Y := A ? X : Z              ==>  Y := where(A, X, Z)
C := A & B                  ==>  C := A and B
C := A || B                 ==>  C := A or B
C := !A                     ==>  C := not A
C := X<-1                   ==>  C := X < -1
C := 1 < X < 3              ==>  C := X > 1 and X < 3
B | A := [0.9, 0.1]         ==>  B | A := [[0.9, 0.1], [0.2, 0.8]]
P(B | A) := [[0.9, 0.1], [0.2, 0.8]]  ==>  B | A := [[0.9, 0.1], [0.2, 0.8]]
P(B | do(A))                ==>  query P(B | do(A))
A _||_ B                    ==>  assert A _||_ B
adjustment A -> B           ==>  query adjustment A -> B
query A || B                ==>  query A _||_ B
query A _|_ B               ==>  query A _||_ B
query A indep B             ==>  query A _||_ B
query A ⊥ B                 ==>  query A _||_ B
query A _||_ B given C      ==>  query A _||_ B | C
assert A _||_ B == true     ==>  assert A _||_ B
assert A -> B               ==>  assert ancestor A -> B
query A                     ==>  query P(A)
query p(A)                  ==>  query P(A)
query Pr(A=1)               ==>  query P(A=1)
query P[A=1]                ==>  query P(A=1)
query P(A==1)               ==>  query P(A=1)
query P(B | do(A==1))       ==>  query P(B | do(A=1))
query P(B | do(A)=1)        ==>  query P(B | do(A=1))
query P(B | A=do(1))        ==>  query P(B | do(A=1))
query P(B | do A=1)         ==>  query P(B | do(A=1))
query P(B, do(A=1))         ==>  query P(B | do(A=1))
query P(B | do(A ~ bernoulli(0.4)))   ==>  query P(B | do(A := bernoulli(0.4)))
query P(B | do(A=1) and C=1)          ==>  query P(B | do(A=1), C=1)
query P(B | A | C)          ==>  query P(B | A, C)
query P(B_{A=1})            ==>  query P(B[A=1])
query P(B(A=1))             ==>  query P(B[A=1])
query P(B[do(A=1)])         ==>  query P(B[A=1])
query P(B[A:=1])            ==>  query P(B[A=1])
query B[A=1]                ==>  query P(B[A=1])
query E(X)                  ==>  query E[X]
query E[X, Y]               ==>  query E[X + Y]
query identifiable E[B | do(A)]       ==>  query identifiable P(B | do(A))
assert P(A=1) = 0.2         ==>  assert P(A=1) == 0.2 within 0.01
assert P(A=1) ~ 0.2         ==>  assert P(A=1) == 0.2 within 0.01
assert 0.1 < P(A=1) < 0.2   ==>  assert P(A=1) > 0.1; assert P(A=1) < 0.2
assert P(A=1) > 0.1 and P(A=1) < 0.2  ==>  assert P(A=1) > 0.1; assert P(A=1) < 0.2
// a comment                ==>  # a comment
“A” -> B                    ==>  "A" -> B
A ⇒ B                       ==>  A -> B
Y := X − 1                  ==>  Y := X - 1
"""  # noqa: RUF001
PAIRS = [tuple(map(str.strip, line.split("==>  "))) for line in FOLLOWED.strip().splitlines()]


@pytest.mark.parametrize(("wrong", "right"), PAIRS)
def test_the_hint_is_given_and_works(wrong: str, right: str) -> None:
    _, findings, readable = read_source(Source("t", DECLARED + wrong))
    assert not readable
    assert findings[0].hint
    assert read_text(DECLARED + right)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("A\n-> B", "A ->\nB"),
        ("Y := X\n  + 1", "Y := X +\n 1"),
        ("query P(A=1)\n== P(B=1)", "query P(A=1) ==\nP(B=1)"),
        ("A\n, B -> C", "A,\nB -> C"),
    ],
)
def test_a_line_goes_on_if_it_ends_with_an_operator(wrong: str, right: str) -> None:
    findings = read_source(Source("t", DECLARED + wrong))[1]
    sign = wrong.split("\n")[1].split()[0]
    assert f"a line goes on if it ends with `{sign}`, not if the next one begins so" in [f.hint for f in findings]
    assert read_text(DECLARED + right)


@pytest.mark.parametrize("text", ['model m "title" "x"', "query independencies A", "Y := X.mean", "A -> B [color=red]"])
def test_no_hint_is_better_than_a_wrong_one(text: str) -> None:
    finding, *_ = read_source(Source("t", DECLARED + text))[1]
    assert finding.hint is None


def test_fragments_have_hints_of_their_own() -> None:
    graph = read_text(DECLARED)
    with pytest.raises(UsageError, match=r"an assignment is written without `do`: `X=1`"):
        parse_assignment("do(A=1)", graph)
    with pytest.raises(UsageError, match=r"a value is given with one sign"):
        parse_question("P(A==1)", graph)


def test_the_hints_know_the_functions_and_laws() -> None:
    assert set(hints_equations.FUNCTIONS) == set(FUNCTIONS)
    assert set(hints_equations.LAWS) == set(LAWS)
