"""What the words of the language mean, in a line: for completion and hover."""

from __future__ import annotations

STATEMENTS = {
    "language": "`language 1`: the version of the language, before all else",
    "model": '`model lawn "a title"`: the name of the model, before all else',
    "use": '`use "labels.causal"`: the nodes, groups, edges and equations of another file',
    "node": "`node A, B`: nodes whose domain is not stated",
    "binary": "`binary A, B`: nodes that are 0 or 1",
    "categorical": "`categorical Hair {black, brown}`, `categorical Digit {0..9}`: nodes with levels",
    "real": "`real Age in [0, 120]`: nodes that are numbers",
    "image": "`image Face[3, 64, 64]`: pictures of channels, height and width",
    "latent": "`latent U`, `latent V : binary`: unobserved causes",
    "group": "`group Labels = A, B`: a name for a list of nodes",
    "default": "`default binary ~ neural(hidden=32)`: the mechanism of a domain's nodes that have none of their own",
    "query": "`query P(Y | do(X=1))`: a question to answer",
    "assert": "`assert A _||_ B`: a claim to test",
}
"""The words that begin a statement."""

QUESTIONS = {
    "P": "`P(Y=1 | do(X=1), Z=0)`: a probability, or a table of them",
    "E": "`E[Age | do(Dose=5)]`: an expectation",
    "not": "`not A _||_ B`: denies a claim",
    "identifiable": "`identifiable P(Y | do(X))`: whether what is seen tells what is done",
    "adjustment": "`adjustment X -> Y`: what to adjust for",
    "instruments": "`instruments X -> Y`: instruments for an effect",
    "ancestor": "`ancestor A -> Y`: whether A causes Y, directly or not",
    "independencies": "`independencies`: those that the graph implies",
}
"""The words that begin a question."""

DOMAINS = {word: STATEMENTS[word] for word in ("binary", "categorical", "real", "image")}
"""The words for domains."""

FUNCTIONS = {
    "exp": "exp(x)", "log": "log(x)", "sqrt": "sqrt(x)", "abs": "abs(x)", "sigmoid": "sigmoid(x) = 1/(1 + exp(-x))",
    "tanh": "tanh(x)", "sin": "sin(x)", "cos": "cos(x)", "min": "min(x, y, ..)", "max": "max(x, y, ..)",
    "where": "where(condition, a, b): a if the condition holds, else b",
}  # fmt: skip
"""The functions of expressions."""

LAWS = {
    "normal": "normal(mean, sd): a draw of mean + sd*n, n standard normal",
    "uniform": "uniform(low, high): a draw from an interval",
    "exponential": "exponential(rate): a draw of -log(u)/rate",
    "laplace": "laplace(mean, scale): a draw of mean + scale*l, l standard Laplace",
    "bernoulli": "bernoulli(p): 1 with probability p, else 0",
    "categorical": "categorical(w0, w1, ..): a level, with the weights normalised, in the levels' order",
}
"""The laws of expressions; each call is a draw of its own."""

DO = "`do(X=1)`, `do(X := X + 1)`: what is set, not seen"
TABLE = '`table("y.csv")`: a law of a file beside the text'
WITHIN = "`within 0.02`: how far two numbers may differ and still be equal"
