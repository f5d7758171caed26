"""What is said about the word under the cursor, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from causaldsl.formats.causal import write_mechanism
from causaldsl.lsp import vocabulary
from causaldsl.lsp.analysis import Analysis
from causaldsl.lsp.kinds import KindHelp, OptionHelp, kind_help
from causaldsl.lsp.moment import Moment, moment
from causaldsl.lsp.names import Declared
from causaldsl.plugins.defaults import IMAGE_DEFAULT, LABEL_DEFAULT
from causaldsl.source import Span
from causaldsl.syntax import tree
from causaldsl.syntax.tokens import tokens

_MOST = 12
"""How many names are listed."""
_LONGEST = 200
"""How much of an equation is shown."""


def hover(analysis: Analysis, offset: int) -> tuple[str, Span] | None:
    """Return what there is to say about the word at an offset, and where it stands; None where there is nothing.

    Examples
    --------
    >>> from causaldsl.source import Source
    >>> said, _ = hover(Analysis(Source("<text>", "binary Young, Bald; Young -> Bald")), 8)
    >>> print(said)
    **`Young`** binary
    <BLANKLINE>
    - causes `Bald`
    - mechanism `neural`, the default
    """
    mention = analysis.index.at(analysis.source, offset)
    if mention is not None:
        declared = analysis.index.declared.get(mention.name)
        said = "not declared" if declared is None else "\n".join(_about_name(analysis, declared))
        return (f"**{_code(mention.name)}** {said}", mention.span)
    start, end = analysis.source.line_bounds(analysis.source.position(offset).line)
    word = next((t for t in tokens(analysis.source.text, start, end) if t.start <= offset <= t.end and t.name), None)
    if word is None:
        return None
    follows = analysis.source.text[word.end :].lstrip()[:1]
    said_of_word = _about_word(moment(analysis.source, word.end), word.text, word.name or "", follows)
    return None if said_of_word is None else (said_of_word, analysis.source.span(word.start, word.end))


def _code(text: str) -> str:
    """Set a name as code, whatever it holds."""
    return f"`{text}`" if "`" not in text else f"`` {text} ``"


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return ", ".join(map(_code, found[:_MOST])) + more


# ---- nodes and groups


def _about_name(analysis: Analysis, declared: Declared) -> Iterator[str]:
    """Yield the lines about a node or a group."""
    name, relations = declared.name, analysis.relations
    yield declared.called
    yield ""
    if declared.is_group:
        yield f"- {_listed(relations.groups.get(name, ()))}"
        return
    if parents := relations.parents.get(name):
        yield f"- caused by {_listed(parents)}"
    if children := relations.children(name):
        yield f"- causes {_listed(children)}"
    if others := relations.confounded_with(name):
        yield f"- shares an unobserved cause with {_listed(others)}"
    yield from _mechanism(analysis, declared)
    if declared.span.source is not analysis.source:
        yield f"- declared in {_code(declared.span.source.name)}"


def _mechanism(analysis: Analysis, declared: Declared) -> Iterator[str]:
    """Say how a node comes about, where it is known."""
    relations = analysis.relations
    if (equation := _equation(analysis, declared.name)) is not None:
        yield f"- {_code(equation)}"
    elif (own := relations.mechanisms.get(declared.name)) is not None:
        yield f"- mechanism {_code(write_mechanism(own))}"
    elif declared.domain is not None:
        kind = _kind_of_domain(declared.domain)
        default = relations.defaults.get(kind, IMAGE_DEFAULT if kind == "image" else LABEL_DEFAULT)
        yield f"- mechanism {_code(write_mechanism(default))}, the default"
    elif isinstance(declared.statement, tree.Declaration) and declared.statement.latent:
        yield "- standard normal"


def _equation(analysis: Analysis, name: str) -> str | None:
    """Return the equation of a node as written, on one line."""
    for number, statement in analysis.gathered.statements:
        if isinstance(statement, tree.Equation):
            (item, *others) = statement.target.items
            if isinstance(item, tree.Name) and not others and item.text == name:
                text = " ".join(analysis.gathered.documents[number].text(statement).split())
                return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} .."
    return None


def _kind_of_domain(domain: tree.DomainTree) -> str:
    match domain:
        case tree.BinaryDomain():
            return "binary"
        case tree.Interval():
            return "real"
        case tree.Shape():
            return "image"
        case _:
            return "categorical"


# ---- words of the language, mechanisms, options


def _about_word(at: Moment, text: str, name: str, follows: str) -> str | None:
    """Return what there is to say about a word that is neither a node nor a group."""
    if at.sign("~") is not None and at.sign(":=") is None:
        right = at.before[(at.sign("~") or 0) + 1 :]
        if not right:
            said = kind_help(name)
            return None if said is None else _about_kind(said)
        if at.last in ("(", ",") and right[0].name and (said := kind_help(right[0].name)) is not None:
            return next((_about_option(option) for option in said.options if option.name == name), None)
        return None
    if not at.before:
        return vocabulary.STATEMENTS.get(text)
    if follows == "(":
        calls = {**vocabulary.FUNCTIONS, **vocabulary.LAWS, "P": vocabulary.QUESTIONS["P"], "do": vocabulary.DO}
        return calls.get(text) or (vocabulary.TABLE if text == "table" else None)
    if at.keyword in ("query", "assert"):
        return vocabulary.WITHIN if text == "within" else vocabulary.QUESTIONS.get(text)
    return vocabulary.DOMAINS.get(text) if at.keyword in ("latent", "default") else None


def _about_kind(said: KindHelp) -> str:
    lines = [f"**{_code(said.name)}** {said.text}".rstrip(), ""]
    return "\n".join([*lines, *(f"- {_about_option(option)}" for option in said.options)]).rstrip()


def _about_option(option: OptionHelp) -> str:
    default = f" = {option.default}" if option.default else ""
    text = f": {option.text}" if option.text else ""
    return f"`{option.name}{default}` ({option.type}){text}"
