r"""The language's conformance suite: what the language says, sentence by sentence, and what programs show it.

A case is `program ==> meaning`. The meaning of a program is the text in which `causaldsl` writes its graph, its lines
joined by `; `, less the declarations that its section makes for all of its cases; or, where there are findings, their
codes. `\n` is a line end. Every program without errors also has to survive the formatter.
"""

import re
from collections.abc import Iterator

import pytest

from causaldsl.check.examine import examine
from causaldsl.formats.causal import write_causal
from causaldsl.source import Source
from causaldsl.syntax.parser import parse
from causaldsl.syntax.printer import format_document, same_meaning

LANGUAGE: dict[str, tuple[str, str]] = {}
"""For each section: what it declares, and its cases."""

# ---------------------------------------------------------------------------------------------------------------------
LANGUAGE["Words and lines"] = (
    "",
    r"""
# A file is a list of statements, one a line; `;` also ends one.
node A\nnode B                            ==>  node A, B
node A; node B;                           ==>  node A, B
;;node A;;\n;                             ==>  node A
                                          ==>
# a comment                               ==>
node A B                                  ==>  C101
# Inside brackets a newline is a space (a trailing comma is allowed in braces; `;` there is an error).
node A, B; {\nA\n,\n} -> B                ==>  node A, B; A -> B
real A in [0,\n1]                         ==>  real A in [0, 1]
binary A; query P(\nA\n)                  ==>  binary A; query P(A)
node A, B; A -> {B,}                      ==>  node A, B; A -> B
categorical A {x, y,}                     ==>  categorical A {x, y}
binary A; A ~ neural(hidden=8,)           ==>  C101
binary A; query P(A,)                     ==>  C101
node A, B, C; A -> {B; C}                 ==>  C109
# Outside, a line goes on after a comma, an arrow, `:= = ~ |`, `_||_`, a comparison or a binary operator.
node A,\nB                                ==>  node A, B
node A, B; A ->\nB                        ==>  node A, B; A -> B
node A, B; A <-\nB                        ==>  node A, B; B -> A
node A, B; A <->\nB                       ==>  node A, B; A <-> B
real A; A :=\n1                           ==>  real A; A := 1
node A, B; group G =\nA; G -> B           ==>  node A, B; group G = A; A -> B
binary A; A ~\nneural                     ==>  binary A; A ~ neural
node A, B, C; query A _||_ B |\nC         ==>  node A, B, C; query A _||_ B | C
node A, B; query A _||_\nB                ==>  node A, B; query A _||_ B
binary A; assert P(A=1) ==\n0.5           ==>  binary A; assert P(A=1) == 0.5
binary A; assert P(A=1) <\n0.5            ==>  binary A; assert P(A=1) < 0.5
real A, B; A := B +\n1                    ==>  real A, B; A := B + 1
real A, B; A := B -\n1                    ==>  real A, B; A := B - 1
real A, B; A := B *\n2                    ==>  real A, B; A := B*2
real A, B; A := B /\n2                    ==>  real A, B; A := B/2
real A, B; A := B ^\n2                    ==>  real A, B; A := B^2
binary A, B; A := B and\nB                ==>  binary A, B; A := B and B
binary A, B; A := B or\nB                 ==>  binary A, B; A := B or B
# .. also across a comment; a `*` that is a list is no operator.
node A, B; A -> # to\n# this one:\n\nB    ==>  node A, B; A -> B
node A, B; group G = *\nG ~ neural        ==>  node A, B; group G = A, B; A ~ neural; B ~ neural
node A, B; A -> *\nnode C                 ==>  node A, B, C; A -> B; A -> C
node A, B, C; query A _||_ B | *\nnode D  ==>  node A, B, C, D; query A _||_ B | C, D
# A line that begins with an operator does not continue the one before.
node A, B; A\n-> B                        ==>  C101 C101
real A, B; A := B\n+ 1                    ==>  C101
# If a bracket is open or a comma dangles, a line that begins with a statement keyword still starts a new statement.
node A, B; A -> {B\nbinary A              ==>  C103 C202
node A, B; query P(A |\nnode A            ==>  C103 C202
node A,\nnode B\nB -> C                   ==>  C101 C201
node A, B; A ->\nnode A                   ==>  C101 C202
categorical A {\nreal,\nnode}             ==>  categorical A {"real", "node"}
# `#` starts a comment; not in quotes.
node A # , B                              ==>  node A
node "A # B"                              ==>  node "A # B"
# UTF-8; CRLF and a byte-order mark are accepted.
<U+FEFF>node A\r\nnode B\rnode C          ==>  node A, B, C
# A name is XID_Continue characters, compared after NFC (bidirectional controls are errors).
node größe, 人, हिन्दी                       ==>  node größe, 人, हिन्दी
node gro<U+0308>ße; node größe            ==>  C202
node "gro<U+0308>ße", B; größe -> B       ==>  node größe, B; größe -> B
node A<U+202E>                            ==>  C102
node "A<U+202E>"                          ==>  C102
node A # <U+202E>                         ==>  C102
node A<U+2192>B                           ==>  C101
node A€                                   ==>  C108
# .. that do not read wholly as a number.
node 5_o_Clock_Shadow, 3D, 1e, e5, 1e5x   ==>  node 5_o_Clock_Shadow, 3D, 1e, e5, 1e5x
node 12                                   ==>  C101
node 1e5                                  ==>  C101
node ١٢                                   ==>  C108
node "12", "1e5"                          ==>  node "12", "1e5"
# Any other name stands in double quotes (`\"` and `\\` are the only escapes, no newline, not empty).
node "political inequality", "a-b", "->"  ==>  node "political inequality", "a-b", "->"
node "a\"b", "a\\b"                       ==>  node "a\"b", "a\\b"
node "a\tb"                               ==>  C107
node ""                                   ==>  C107
node "a\nb"                               ==>  C105 C105
node 'A'                                  ==>  C101
node “A”                                  ==>  C108
# `"A"` and `A` are one name. Names are case sensitive.
node "A", B; A -> "B"                     ==>  node A, B; A -> B
node A, "A"                               ==>  C202
node A, a; A -> a                         ==>  node A, a; A -> a
# A name never takes the `_` of `_||_`.
node A, B_; query A_||_B_                 ==>  node A, B_; query A _||_ B_
node A_, _B; query A__||__B               ==>  node A_, _B; query A_ _||_ _B
# Numbers have digits on both sides of the point.
real A in [0.5, 1e3]                      ==>  real A in [0.5, 1000]
real A in [.5, 1]                         ==>  C101
real A in [0, 1.]                         ==>  C101
real A in [0, 1e400]                      ==>  C112
# Reserved as bare names of nodes and groups.
node model                                ==>  C205
node A; group not = A                     ==>  C205
node "model", A; "model" -> A             ==>  node "model", A; "model" -> A
node A, B; A -> B, query                  ==>  C205
node "node"; node -> A                    ==>  C101
# `P` before `(`, `E` before `[`, `do` before `(`, and `in`, `within` in their places are keywords only there.
node P, E, do, in, within; P -> do -> in  ==>  node P, E, do, in, within; P -> do; do -> in
binary P, E; query P(P=1 | E=1)           ==>  binary P, E; query P(P=1 | E=1)
binary P, E; query P (P); query E [P | E] ==>  binary P, E; query P(P); query E[P | E]
node P, E, do; query P _||_ E | do        ==>  node P, E, do; query P _||_ E | do
binary do; query P(do | do(do=1))         ==>  binary do; query P(do | do(do=1))
binary E; query P(E[E=1])                 ==>  binary E; query P(E[E=1])
real in in [0, 1]                         ==>  real in in [0, 1]
real X, P, E, do; X := P + E*do           ==>  real X, P, E, do; X := P + E*do
binary within; query P(within=1) == 1 within 0.5  ==>  binary within; query P(within=1) == 1 within 0.5
# Levels and option values may be any word.
categorical A {model, not, P, do}         ==>  categorical A {"model", "not", P, do}
node A; A ~ k(x=model, y=not)             ==>  C411
# Also read: `→ ← ↔ ⫫ ≤ ≥ ≠` and the no-break space; the formatter writes ASCII.
node A, B, C; A → B ← C; A ↔ C            ==>  node A, B, C; A, C -> B; A <-> C
node A, B; query A ⫫ B                    ==>  node A, B; query A _||_ B
real X; query P(X ≤ 1, X ≥ 0, X ≠ 0)      ==>  real X; query P(X <= 1, X >= 0, X != 0)
node<U+00A0>A,<U+00A0>B                   ==>  node A, B
# `<-` is always one token: `X<-1` is an error.
real X; binary B; B := X<-1               ==>  C101
real X; query P(X<-1)                     ==>  C101
real X; query P(X < -1)                   ==>  real X; query P(X < -1)
node A, B; A<-B                           ==>  node A, B; B -> A
""",
)

# ---------------------------------------------------------------------------------------------------------------------
LANGUAGE["Declarations: what there is"] = (
    "",
    r"""
# `binary A, B`, `node A, B`
binary A, B; node C, D                    ==>  binary A, B; node C, D
binary                                    ==>  C101
# `categorical Hair {black, brown, "dark blond"}`: distinct named levels, in that order.
categorical H {b, a, "dark blond", -1, 2} ==>  categorical H {b, a, "dark blond", "-1", "2"}
categorical H, K {x, y}                   ==>  categorical H, K {x, y}
categorical H {a, a}                      ==>  C206 C206
categorical H {a, "a", b}                 ==>  C206
categorical H {a}                         ==>  C206
categorical H {}                          ==>  C101
categorical H                             ==>  C101
categorical H {1e3, 01}; query P(H=1e3)   ==>  categorical H {"1e3", "01"}; query P(H="1e3")
# .. `{0..9}` for a range (`{-3..3}` too; stays a range).
categorical D {0..9}                      ==>  categorical D {0..9}
categorical D { -3 .. 3 }                 ==>  categorical D {-3..3}
categorical D {9..0}                      ==>  C206
categorical D {3..3}                      ==>  C206
categorical D {0.5..3}                    ==>  C206
categorical D {a..c}                      ==>  C101
categorical D {0..99999}                  ==>  C206
# `real Age`, `real Dose in [0, 10]`: the real line, or an interval; bounds may be `inf`, `-inf`.
real A, B; real C in [-1.5, 2]            ==>  real A, B; real C in [-1.5, 2]
real A in [-inf, inf]                     ==>  real A
real A in [0, inf]; real B in [-inf, 0]   ==>  real A in [0, inf]; real B in [-inf, 0]
real A in [1, 0]                          ==>  C207
real A in [1, 1]                          ==>  C207
real A in [inf, inf]                      ==>  C207
real A in (0, 1)                          ==>  C101
real inf in [0, inf]                      ==>  real inf in [0, inf]
# `image Face[3, 64, 64]`: channels, height, width.
binary A; image F[3, 64, 32]; A -> F; F ~ k  ==>  C411
binary A; image F, G[3, 64, 64]; A -> F, G   ==>  binary A; image F, G[3, 64, 64]; A -> F; A -> G
image F[3, 64]                            ==>  C101
image F[0, 64, 64]                        ==>  C208
image F[3, 64, 64.0]                      ==>  C208
# `latent U`; see below.
latent U                                  ==>  C251
# `group Labels = A, B`: a name for a list, usable wherever a list of nodes is; shares the nodes' namespace.
node A, B, C; group G = A, B; G -> C      ==>  node A, B, C; group G = A, B; A, B -> C
node A, B; group G = A; group H = G; H -> B  ==>  node A, B; group G = A; group H = A; A -> B
node A, B; group G = *; query G _||_ {}   ==>  C307
node A, B, C; group G = A, *; query P(G)  ==>  node A, B, C; group G = A, B, C; query P(A, B, C)
node A; group A = A                       ==>  C202
node A; group G = A; binary G             ==>  C202
group G = H; group H = G                  ==>  C216
group G = G                               ==>  C216
node A, B; group "my group" = A; "my group" -> B  ==>  node A, B; group "my group" = A; A -> B
# `language 1`, `model celeba "free text"`: optional, at most one each, first.
language 1; model m "a title"; node A     ==>  model m "a title"; node A
model m; language 1; node A               ==>  model m; node A
model "my model"                          ==>  model "my model"
language 1; language 1                    ==>  C212
model a; model b                          ==>  C212
node A; language 1                        ==>  C212
node A; model m                           ==>  C212
language 2                                ==>  C211
language one                              ==>  C101
model m title                             ==>  C101
# `use "labels.causal"`: another file; see test_use.py.
use "labels.causal"                       ==>  C233
use labels                                ==>  C101
# The domain ends the statement and holds for all its names.
real A in [0, 1], B                       ==>  C101
categorical A {x, y}, B {x, y}            ==>  C101
binary A := bernoulli(0.5)                ==>  C101
binary A ~ neural                         ==>  C101
# Order does not matter, but everything that is used must be declared, once.
A -> B; query A _||_ B; node B, A         ==>  node B, A; A -> B; query A _||_ B
node A; A -> B                            ==>  C201
query P(A)                                ==>  C201
node A, A                                 ==>  C202
node A; binary A                          ==>  C202
""",
)

# ---------------------------------------------------------------------------------------------------------------------
LANGUAGE["Declarations: latents"] = (
    "node A, B",
    r"""
# `latent U`: without a domain a root, standard normal, no parents, no `~`, no `:=`.
latent U; U -> A, B                       ==>  latent U; U -> A; U -> B
latent U; U -> B; A -> U                  ==>  C209
latent U; U -> A; U <-> B                 ==>  C209
latent U; U ~ neural                      ==>  C209
latent U; U := normal(0, 1)               ==>  C209
# `latent U : binary` (or `real`, `categorical {..}`) is a node that may have all three.
latent U : binary; A -> U -> B            ==>  latent U : binary; U -> B; A -> U
latent U, V : real in [0, 1]; U, V -> A   ==>  C252 C252
latent U, V : real; V -> U -> A, B        ==>  C252
latent U : categorical {x, y}; U -> A, B  ==>  latent U : categorical {x, y}; U -> A; U -> B
latent U : real; U -> A, B; U ~ neural    ==>  latent U : real; U -> A; U -> B; U ~ neural
latent U : real; U -> A, B; U := 1        ==>  latent U : real; U -> A; U -> B; U := 1
latent U : image[3, 2, 2]                 ==>  C101
latent U binary                           ==>  C101
""",
)

# ---------------------------------------------------------------------------------------------------------------------
LANGUAGE["Edges: what causes what"] = (
    "node A, B, C, D",
    r"""
# `A, B -> C, D` is every pair. `{A, B}` is the same list.
A, B -> C, D                              ==>  A, B -> C; A, B -> D
{A, B} -> {C}                             ==>  A, B -> C
A, {B, C} -> D                            ==>  A, B, C -> D
{A, {B}} -> C                             ==>  C101
{} -> A                                   ==>
# Chains.
A -> B -> C                               ==>  A -> B; B -> C
A -> B <- C                               ==>  A, C -> B
A <- B <-> C -> D                         ==>  B -> A; C -> D; B <-> C
A -> B, C -> D                            ==>  A -> B; A -> C; B, C -> D
# `*` is every observed node that is not an image and is not named elsewhere in the same statement.
* -> D                                    ==>  A, B, C -> D
A -> *                                    ==>  A -> B; A -> C; A -> D
A, * -> D                                 ==>  A, B, C -> D
A -> B -> *                               ==>  A -> B; B -> C; B -> D
image F[3, 64, 64]; * -> F                ==>  image F[3, 64, 64]; A, B, C, D -> F
latent U; U -> A, *                       ==>  latent U; U -> A; U -> B; U -> C; U -> D
latent U; U -> A, B; C -> *               ==>  latent U; C, U -> A; C, U -> B; C -> D
group G = A, B; * -> G                    ==>  group G = A, B; C, D -> A; C, D -> B
# .. at most one `*` a statement; also in `group`, right of `|`, and in `P(*)`.
* -> *                                    ==>  C210
A, *, * -> B                              ==>  C210
group G = *, *; G ~ neural                ==>  C210
group G = B, *; query P(G)                ==>  group G = B, A, C, D; query P(B, A, C, D)
query A _||_ B | *                        ==>  query A _||_ B | C, D
query A _||_ * | B                        ==>  query A _||_ C, D | B
query A _||_ * | *                        ==>  C210
query P(*)                                ==>  query P(A, B, C, D)
query P(A | *)                            ==>  query P(A | B, C, D)
query P(A | do(B), *)                     ==>  query P(A | do(B), C, D)
query P(* | *)                            ==>  C210
* ~ neural                                ==>  A ~ neural; B ~ neural; C ~ neural; D ~ neural
# `A <-> B` is an unobserved common cause. `A, B <-> C` is one latent a pair.
A <-> B                                   ==>  A <-> B
B <-> A                                   ==>  A <-> B
A, B <-> C                                ==>  A <-> C; B <-> C
A <-> B; A -> B                           ==>  A -> B; A <-> B
# An edge written twice is a warning.
A -> B; A -> B                            ==>  C250
A -> B; B <- A, C                         ==>  C250
A, A -> B                                 ==>  C250
A <-> B; B <-> A                          ==>  C250
# A cycle is an error that shows the cycle; so is a self-loop.
A -> B -> A                               ==>  C203
A -> B -> C; C -> A                       ==>  C203
A -> B -> A; C -> D -> C                  ==>  C203 C203
A -> A                                    ==>  C204
A, B -> B                                 ==>  C204
A <-> A                                   ==>  C204
""",
)

# ---------------------------------------------------------------------------------------------------------------------
LANGUAGE["Mechanisms: how it comes about"] = (
    "binary A, B; real X, Y; categorical H {a, b, c}; categorical D {0..9}",
    r"""
# `A, B ~ neural(hidden=32)`: each listed node gets its own mechanism. Parentheses are optional.
A, B ~ neural(hidden=32)                  ==>  A ~ neural(hidden=32); B ~ neural(hidden=32)
A ~ neural; B ~ neural()                  ==>  A ~ neural; B ~ neural
group G = A, B; G ~ neural                ==>  group G = A, B; A ~ neural; B ~ neural
# .. option values are numbers, strings, words, `true`/`false`, lists, typed by the plugin.
A ~ neural(hidden=2.5)                    ==>  C413
A ~ neural(hidden=true)                   ==>  C413
A ~ neural(hidden="8")                    ==>  C413
A ~ neural(hidden=[8, [x, "y"]])          ==>  C413
A ~ neural(hidden=-1)                     ==>  C414
A ~ neural(hidden=8, hidden=8)            ==>  C218
# .. an unknown one is an error with a hint.
A ~ neural(hiden=8)                       ==>  C412
A ~ nerual                                ==>  C411
A ~ r3gan                                 ==>  C415
# `default DOMAIN ~ ...` for all of a domain; own beats default beats built-in; two of one kind are an error.
default binary ~ neural(hidden=8); A ~ wgan  ==>  A ~ wgan; B ~ neural(hidden=8)
default binary ~ neural; default real ~ neural  ==>  A ~ neural; B ~ neural; X ~ neural; Y ~ neural
default binary ~ neural; default binary ~ wgan  ==>  C217
default node ~ neural                     ==>  C101
A ~ neural; A ~ wgan                      ==>  C217
A, A ~ neural                             ==>  C217
# Stan's `Y ~ normal(m, s)` and lavaan's `Y ~ X + Z` get a hint; see test_hints.py.
Y ~ normal(0, 1)                          ==>  C101
Y ~ X + A                                 ==>  C101
Y ~ X                                     ==>  C411
# `Y := 0.5*X^2 - Z + normal(0, 1)`: a known structural equation, for one declared node, once; excludes `~`.
Y := 0.5*X^2 - A + normal(0, 1)           ==>  Y := 0.5*X^2 - A + normal(0, 1)
Q := 1                                    ==>  C201
X, Y := 1                                 ==>  C440
* := 1                                    ==>  C440
group G = X; G := 1                       ==>  C440
Y := 1; Y := 2                            ==>  C217
Y := 1; Y ~ neural                        ==>  C217
Y := 1; default real ~ neural             ==>  X ~ neural; Y := 1
# Parents are its names together with the edge statements (a further parent is a warning).
X -> Y; Y := X + A                        ==>  Y := X + A
X, B -> Y; Y := X + A                     ==>  C255
Y := Y + 1                                ==>  C204
Y := X; X := Y                            ==>  C203
# `<->` at such a node is an error with the hint to declare a latent and use it.
Y := X; X <-> Y                           ==>  C447
latent U; U -> X; Y := X + U              ==>  latent U; U -> X; Y := X + U
# A value outside the domain is an error, never clipped.
A := 2                                    ==>  C446
A := 0.5                                  ==>  C446
A := bernoulli(0.5)                       ==>  A := bernoulli(0.5)
A := normal(0, 1)                         ==>  C444
real R in [0, 1]; R := 2                  ==>  C446
real R in [0, 1]; R := -0.5               ==>  C446
H := d                                    ==>  C445
H := 1                                    ==>  C446
H := X                                    ==>  C444
H := where(A, a, b)                       ==>  H := where(A, a, b)
H := categorical(1, 1)                    ==>  C444
D := 3.0                                  ==>  D := 3.0
D := 10                                   ==>  C446
D := D + 1                                ==>  C204
# Images neither have nor enter equations.
image F[3, 64, 64]; A -> F; F := A        ==>  C448
image F[3, 64, 64]; A -> F; Y := F        ==>  C448
# Each call of a law is an independent draw of its own.
Y := normal(normal(0, 1), 1)              ==>  Y := normal(normal(0, 1), 1)
Y := uniform(0, 1) + exponential(2) + laplace(0, 1)  ==>  Y := uniform(0, 1) + exponential(2) + laplace(0, 1)
H := categorical(1, 2, 0.5)               ==>  H := categorical(1, 2, 0.5)
A := categorical(0.2, 0.8)                ==>  A := categorical(0.2, 0.8)
Y := categorical(0.2, 0.8)                ==>  C444
Y := normal(0)                            ==>  C443
Y := normal(0, -1)                        ==>  C446
Y := uniform(1, 0)                        ==>  C446
Y := exponential(0)                       ==>  C446
A := bernoulli(1.5)                       ==>  C446
H := categorical(1, -1, 1)                ==>  C446
# Both branches of `where(c, a, b)` draw.
Y := where(A, normal(0, 1), uniform(0, 1))  ==>  Y := where(A, normal(0, 1), uniform(0, 1))
Y := where(X, 1, 0)                       ==>  C444
Y := where(A, H, 1)                       ==>  C444
# Operators `or < and < not < comparison (no chains) < + - < * / < unary - < ^` (right).
A := B or B and not X + 1 < 2*Y           ==>  A := B or B and not X + 1 < 2*Y
A := (B or B) and (not B)                 ==>  A := (B or B) and not B
Y := (X*2) + 1 - (A - 1)                  ==>  Y := X*2 + 1 - (A - 1)
Y := -X^2; X := (2^3)^4 + 2^(3^4)         ==>  X := (2^3)^4 + 2^3^4; Y := -X^2
Y := (-X)^2*-A                            ==>  Y := (-X)^2*-A
A := 1 < X < 2                            ==>  C101
Y := X**2                                 ==>  C101
# `exp log sqrt abs min max sigmoid tanh sin cos`.
Y := exp(log(sqrt(abs(X)))) + sigmoid(tanh(sin(cos(A))))  ==>  Y := exp(log(sqrt(abs(X)))) + sigmoid(tanh(sin(cos(A))))
Y := min(X, A) + max(X, 1, 2)             ==>  Y := min(X, A) + max(X, 1, 2)
Y := exp(X, 1)                            ==>  C443
Y := min(X)                               ==>  C443
Y := expp(X)                              ==>  C442
# A name or string compared by `==`, `!=` with a categorical node is its level.
A := H == a; B := "b" != H                ==>  A := H == a; B := b != H
A := H == Q                               ==>  C445
A := H < a                                ==>  C444
A := D == 3; B := D > 3                   ==>  A := D == 3; B := D > 3
A := D == 11                              ==>  C445
Y := H + 1                                ==>  C444
Y := D + 1                                ==>  Y := D + 1
# Compiled, never evaluated as Python.
Y := __import__(X)                        ==>  C442
Y := X.real                               ==>  C101
Y := X[0]                                 ==>  C101
# Tables: `Y | X, Z := [[.9, .1], ..]`, a row for each combination, in the order written, the last parent fastest.
B | A := [[0.9, 0.1], [0.2, 0.8]]         ==>  B | A := [[0.9, 0.1], [0.2, 0.8]]
A := [[0.9, 0.1]]                         ==>  A := [[0.9, 0.1]]
A | D := [[0.1, 0.9]]                     ==>  C449
H | A := [[0.2, 0.3, 0.5], [0.1, 0.9, 0.0]]  ==>  H | A := [[0.2, 0.3, 0.5], [0.1, 0.9, 0.0]]
B | A := [[.9, .1], [.2, .8]]             ==>  C101
B | A := [[0.9, 0.1]]                     ==>  C449
B | A := [[0.9, 0.1], [0.2, 0.7, 0.1]]    ==>  C449
B | A := [0.9, 0.1]                       ==>  C101
Y | A := [[0.9, 0.1], [0.2, 0.8]]         ==>  C449
B | X := [[0.9, 0.1], [0.2, 0.8]]         ==>  C449
B | Q := [[0.9, 0.1], [0.2, 0.8]]         ==>  C201
binary Q Q; B | Q := [[0.9, 0.1], [0.2, 0.8]]  ==>  C101
Y | Q := [[0.9, 0.1], [0.2, 0.8]]         ==>  C449 C201
B | B := [[0.9, 0.1], [0.2, 0.8]]         ==>  C204
B | A, A := [[0.9, 0.1], [0.2, 0.8]]      ==>  C449
B | A := bernoulli(0.5)                   ==>  C449
B | A := 0.5*A                            ==>  C449
group G = A; B | G := [[0.9, 0.1], [0.2, 0.8]]  ==>  group G = A; B | A := [[0.9, 0.1], [0.2, 0.8]]
# .. rows sum to 1 within 1e-6.
B | A := [[0.9, 0.1000009], [0.2, 0.8]]   ==>  B | A := [[0.9, 0.1000009], [0.2, 0.8]]
B | A := [[0.9, 0.100002], [0.2, 0.8]]    ==>  C449
B | A := [[1.1, -0.1], [0.2, 0.8]]        ==>  C449
# .. for large ones `Y | X, Z := table("y.csv")` beside the file; see test_use.py.
B | A := table("y.csv")                   ==>  C233
B | A := table(y)                         ==>  C450
""",
)

# ---------------------------------------------------------------------------------------------------------------------
LANGUAGE["Questions: what one wants to know"] = (
    "binary X, Y, Z, M; real Age, Dose; categorical H {a, b}; image F[3, 64, 64]; latent U; latent V : binary\n"
    "X -> M -> Y; U, V -> X, Y; X, Y -> F",
    r"""
# `A, B _||_ C | D`: m-separation.
query X, Z _||_ Y | M                     ==>  query X, Z _||_ Y | M
query {X, Z} _||_ Y | {}                  ==>  query X, Z _||_ Y
assert not X _||_ Y                       ==>  assert not X _||_ Y
query X _||_ {}                           ==>  C307
query X _||_ X                            ==>  C309
query X _||_ Y | Y                        ==>  C309
# `P(Y=1 | X=1)`, `P(Y, Z)`, `P(Age > 30)`: seeing.
query P(Y=1 | X=1)                        ==>  query P(Y=1 | X=1)
query P(Y, Z)                             ==>  query P(Y, Z)
query P(Age > 30 | Dose <= 1)             ==>  query P(Age > 30 | Dose <= 1)
query P(H=a, H != b)                      ==>  query P(H=a, H != b)
query P(Y=2)                              ==>  C301
query P(H=c)                              ==>  C301
query P(H > a)                            ==>  C306
query P(F=1)                              ==>  C301
query P()                                 ==>  C101
query P(Y==1)                             ==>  C101
query P(Y, Y)                             ==>  C303
query P(Y | Y)                            ==>  C303
# `P(Y | do(X=1), Z=0)`: doing.
query P(Y | do(X=1), Z=0)                 ==>  query P(Y | do(X=1), Z=0)
query P(Y | do(X=2))                      ==>  C301
query P(Y | do(F=1))                      ==>  C301
query P(Y, do(X=1))                       ==>  C101
query P(Y | do(X==1))                     ==>  C101
query P(Y | do(X)=1)                      ==>  C101
# `P(Y | do(M := bernoulli(0.4)))`, `do(Age := Age + 10)`: soft; its own name inside is the natural value.
query P(Y | do(M := bernoulli(0.4)))      ==>  query P(Y | do(M := bernoulli(0.4)))
query E[Age | do(Age := Age + 10)]        ==>  query E[Age | do(Age := Age + 10)]
query P(Y | do(M := 2))                   ==>  C446
query P(Y | do(M := H))                   ==>  C444
query P(Y | do(X := Y))                   ==>  C203
query P(Y | do(X := Y, M=1))              ==>  query P(Y | do(X := Y, M=1))
query P(Y | do(F := X))                   ==>  C448
# `E[Age | do(Dose=5)]`: an expectation.
query E[Age | do(Dose=5), X=1]            ==>  query E[Age | do(Dose=5), X=1]
query E[2*Age + Y]                        ==>  query E[2*Age + Y]
query E[H]                                ==>  C312
query E[H == a]                           ==>  query E[H == a]
query E[F]                                ==>  C448
query E[normal(0, 1)]                     ==>  C451
query E(Y)                                ==>  C101
# `P(Y[X=0]=1 | X=1, Y=1)`, `E[Y[X=1] - Y[X=0]]`, `Y[X=1, M=M[X=0]]`: counterfactual.
query P(Y[X=0]=1 | X=1, Y=1)              ==>  query P(Y[X=0]=1 | X=1, Y=1)
query E[Y[X=1] - Y[X=0]]                  ==>  query E[Y[X=1] - Y[X=0]]
query P(Y[X=1, M=M[X=0]])                 ==>  query P(Y[X=1, M=M[X=0]])
query P(Y[X=1, M=Z[X=0]])                 ==>  query P(Y[X=1, M=Z[X=0]])
query P(Y[X=1, M=H[X=0]])                 ==>  C301
query P(Y[X=2])                           ==>  C301
query P(Y[X])                             ==>  C101
query P(Y[])                              ==>  C101
query P(Y_{X=1})                          ==>  C101
Y := X[M=1]                               ==>  C451
# `identifiable P(Y | do(X))`: a verdict.
query identifiable P(Y | do(X))           ==>  query identifiable P(Y | do(X))
query identifiable P(Y=1 | do(X=1), Z)    ==>  query identifiable P(Y=1 | do(X=1), Z)
query identifiable P(Y[X=0] | X=1)        ==>  query identifiable P(Y[X=0] | X=1)
query identifiable P(Age | do(Dose))      ==>  query identifiable P(Age | do(Dose))
query identifiable P(Y | do(X := 1))      ==>  C310
query identifiable E[Y]                   ==>  C101
# `adjustment X -> Y`, `instruments X -> Y`, `independencies`: sets; lists allowed in `adjustment`.
query adjustment X -> Y                   ==>  query adjustment X -> Y
query adjustment X, Z -> Y, M             ==>  query adjustment X, Z -> Y, M
query instruments X -> Y                  ==>  query instruments X -> Y
query instruments X, Z -> Y               ==>  C307
query independencies                      ==>  query independencies
query adjustment X -> X                   ==>  C309
# `ancestor A -> Y`: true or false.
query ancestor X -> Y                     ==>  query ancestor X -> Y
query ancestor X, Z -> Y                  ==>  C307
query ancestor U -> Y                     ==>  query ancestor U -> Y
# A name without a value ranges over its domain. A real or image without a value after `|` or in `do` is an error.
query P(Y | X, H)                         ==>  query P(Y | X, H)
query P(Y | do(X))                        ==>  query P(Y | do(X))
query P(Y | Age)                          ==>  C302
query P(Y | do(Age))                      ==>  C302
query P(Y | F)                            ==>  C302
query P(Y | do(F))                        ==>  C302
query P(Age)                              ==>  C302
query P(F)                                ==>  C302
# Numbers combine with `+ - * /`.
query P(Y=1 | X=1) - P(Y=1 | X=0)         ==>  query P(Y=1 | X=1) - P(Y=1 | X=0)
query (P(Y=1) + 1)*2/E[Age]               ==>  query (P(Y=1) + 1)*2/E[Age]
query -P(Y=1)                             ==>  query -P(Y=1)
query P(Y=1)^2                            ==>  C101
# `do(X=1, Z=0)` is `do(X=1), do(Z=0)`, in any order after `|`.
query P(Y | do(X=1), do(Z=0))             ==>  query P(Y | do(X=1, Z=0))
query P(Y | M=1, do(X=1), H=a, do(Z=0))   ==>  query P(Y | do(X=1, Z=0), M=1, H=a)
group G = X, Z; query P(Y | do(G))        ==>  group G = X, Z; query P(Y | do(X, Z))
group G = X, Z; query P(Y | do(G=1))      ==>  C307
# .. the same node twice is an error; `do` and subscripts in one question are an error; `~` inside `do` is an error.
query P(Y | do(X=1), do(X=0))             ==>  C303
query P(Y | do(X=1, X=1))                 ==>  C303
query P(Y[X=1, X=0])                      ==>  C303
query P(Y[X=1] | do(Z=1))                 ==>  C304
query E[Y[X=1] | do(Z=1)]                 ==>  C304
query P(Y | do(X ~ bernoulli(0.5)))       ==>  C101
# Latents may stand in separation questions, in numbers only with a domain, in `identifiable` and in answer sets never.
query X _||_ Y | U, V                     ==>  query X _||_ Y | U, V
query P(V | X)                            ==>  query P(V | X)
query P(Y | do(V=1))                      ==>  query P(Y | do(V=1))
query P(U=1)                              ==>  C305
query P(Y | do(U=1))                      ==>  C305
query E[U]                                ==>  C305
query E[Age - U]                          ==>  C305
query identifiable P(V | do(X))           ==>  C305
query identifiable P(Y | V)               ==>  C305
query adjustment X -> Y | V               ==>  C305
query adjustment V -> Y                   ==>  C305
query instruments U -> Y                  ==>  C305
# `assert Q`, `assert not Q`; numbers compare.
assert P(Y=1) == P(Z=1) within 0.02       ==>  assert P(Y=1) == P(Z=1) within 0.02
assert P(Y=1) == P(Z=1)                   ==>  assert P(Y=1) == P(Z=1)
assert P(Y=1) != 0.5 within 0.1           ==>  assert P(Y=1) != 0.5 within 0.1
assert not P(Y=1) >= 0.5                  ==>  assert not P(Y=1) >= 0.5
assert 0.5 < P(Y=1)                       ==>  assert 0.5 < P(Y=1)
assert P(Y=1) < 0.5 within 0.1            ==>  C308
assert P(Y=1)                             ==>  C308
assert not E[Age]                         ==>  C308
assert P(Y=1) = 0.5                       ==>  C101
assert 0.1 < P(Y=1) < 0.5                 ==>  C101
# .. tables cell by cell with the same open names.
assert P(Y | X) == P(Y | do(X)) within 0.1  ==>  assert P(Y | X) == P(Y | do(X)) within 0.1
assert P(Y, Z) == P(Z, Y) within 0.1      ==>  assert P(Y, Z) == P(Z, Y) within 0.1
assert P(Y) > 0.1                         ==>  assert P(Y) > 0.1
assert P(Y | X) == P(Y) within 0.1        ==>  C308
assert P(Y) == P(Z) within 0.1            ==>  C308
# A set question holds if it has an answer; `assert adjustment X -> Y | Z, W` says that {Z, W} is valid.
assert adjustment M -> Y                  ==>  assert adjustment M -> Y
assert adjustment X -> Y                  ==>  C330
assert adjustment M -> Y | X, H           ==>  assert adjustment M -> Y | X, H
assert adjustment X -> Y | Z, H           ==>  C330
assert not adjustment X -> Y | {}         ==>  assert not adjustment X -> Y | {}
assert adjustment X -> Y | X              ==>  C309
assert identifiable P(Y | do(X))          ==>  assert identifiable P(Y | do(X))
assert not identifiable P(Y | do(X))      ==>  C330
assert independencies                     ==>  assert independencies
assert X -> Y                             ==>  C101
""",
)

# ---------------------------------------------------------------------------------------------------------------------
LANGUAGE["Diagnostics"] = (
    "",
    r"""
# All findings of a file in one go.
binary A A; A -> Q; B -> A; node C, C     ==>  C101 C201 C201 C202
# Warnings: unused latent, latent with one child.
node A, B; latent U                       ==>  C251
node A, B; latent U : binary              ==>  C251
node A, B; latent U; U -> A               ==>  C252
node A, B; latent U : real; A -> U -> B   ==>  node A, B; latent U : real; U -> B; A -> U
# .. group never used.
node A, B; group G = A                    ==>  C253
node A, B; group G = A; query G _||_ B    ==>  node A, B; group G = A; query A _||_ B
# .. image without causes.
binary A; image F[3, 64, 64]              ==>  C254
# .. edge given twice.
node A, B; A -> B; A -> B                 ==>  C250
# .. a `:=` that leaves a declared parent unused.
real A, B; A -> B; B := normal(0, 1)      ==>  C255
# .. a question conditioned on something the intervention sets.
binary A, B; query P(B | do(A=1), A=1)    ==>  C350
binary A, B; query E[B | do(A=1), A=0]    ==>  C350
binary A, B; query P(B | do(A), A)        ==>  C350
# `# allow: C250` on a line silences one.
node A, B; A -> B; A -> B  # allow: C250  ==>  node A, B; A -> B
node A, B; A -> B  # allow: C250          ==>  C460
""",
)


def cases() -> Iterator[tuple[str, str, str, str]]:
    for section, (declared, text) in LANGUAGE.items():
        sentence = ""
        for line in text.strip("\n").split("\n"):
            if " ==>" not in line:
                sentence = line
                continue
            program, meaning = line.split(" ==>")
            program = re.sub(r"\\([nr])", lambda m: {"n": "\n", "r": "\r"}[m[1]], program.strip(" "))
            program = re.sub(r"<U\+([0-9A-F]{4})>", lambda m: chr(int(m[1], 16)), program)
            yield f"{section} {sentence}", declared, program, meaning.strip()


CASES = [pytest.param(*case[1:], id=f"{case[2]!r}") for case in cases()]


def whole(declared: str, program: str) -> str:
    return f"{declared}\n{program}" if declared else program


def written(text: str) -> list[str]:
    """Return what is said of a text: the lines of its graph, or the codes of the findings."""
    examined = examine(Source.normalised("t", text))
    if examined.findings:
        return [finding.code for finding in examined.findings]
    assert examined.graph is not None
    return [line for line in write_causal(examined.graph).split("\n") if line]


@pytest.mark.parametrize(("declared", "program", "meaning"), CASES)
def test_programs_mean_what_the_language_says(declared: str, program: str, meaning: str) -> None:
    found = written(whole(declared, program))
    for line in written(declared):
        if line in found:
            found.remove(line)
    joined = " " if found and re.fullmatch(r"C\d{3}", found[0]) else "; "
    assert joined.join(found) == meaning


@pytest.mark.parametrize(("declared", "program", "meaning"), CASES)
def test_the_formatter_changes_nothing(declared: str, program: str, meaning: str) -> None:
    document, findings = parse(Source.normalised("t", whole(declared, program)))
    if findings:
        assert re.match("C[12]", meaning), "it is no text in the language"
        return
    text = format_document(document)
    again, findings = parse(Source("t", text))
    assert findings == []
    assert same_meaning(document, again)
    assert format_document(again) == text
    assert written(text) == written(whole(declared, program))
