"""What a text's words and signs are to the eye: an ordered list of regular expressions, each good for a line.

A highlighter sees a line at a time and knows no grammar, so every rule looks at the words around: `binary` is a keyword
at the beginning of a statement, and a level elsewhere. The tests hold the rules to what the parser reads. The regular
expressions keep to what Python's `re` and Oniguruma, the engine of TextMate grammars, have in common.
"""

from __future__ import annotations

from dataclasses import dataclass

from causaldsl.graph.expression import FUNCTIONS, LAWS
from causaldsl.syntax.words import NAME_CHARACTERS

_N = NAME_CHARACTERS
_NAME = rf"(?:(?!_\|\|_){_N})+"
_QUOTED = r'"(?:[^"\\\n]|\\.)*"'
_NUMBER = rf"[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?!{_N})"
_BOUND = rf"inf(?!{_N})|{_NUMBER}"
_SPACE = r"([^\S\n]*)"
_BEGIN = rf"(?:^|(?<=;)){_SPACE}"
_BEFORE_OPERAND = r'(?=[^\S\n]+["\w{(*\-])'


@dataclass(frozen=True)
class Style:
    """How a word looks.

    Parameters
    ----------
    scope : str
        Its name among the scopes of TextMate, without `.causal`.
    token : str
        Its name among the tokens of Pygments, without `Token.`.
    """

    scope: str
    token: str


@dataclass(frozen=True)
class Rule:
    """A regular expression, and the style of its whole or of each of its groups.

    Parameters
    ----------
    pattern : str
        Matches within a line. If there are groups, they make up the whole match.
    styles : tuple of Style
        One for the whole, or one a group.
    """

    pattern: str
    styles: tuple[Style, ...]


SPACE = Style("", "Text.Whitespace")
COMMENT = Style("comment.line.number-sign", "Comment.Single")
DIRECTIVE = Style("comment.line.number-sign", "Comment.Special")
TEXT = Style("string.quoted.double", "Literal.String.Double")
NUMBER = Style("constant.numeric", "Literal.Number")
CONSTANT = Style("constant.language", "Keyword.Constant")
DECLARATION = Style("storage.type", "Keyword.Declaration")
HEAD = Style("keyword.control.import", "Keyword.Namespace")
KEYWORD = Style("keyword.control", "Keyword")
WORD_OPERATOR = Style("keyword.operator.word", "Operator.Word")
ARROW = Style("keyword.operator.arrow", "Operator")
OPERATOR = Style("keyword.operator", "Operator")
PUNCTUATION = Style("punctuation", "Punctuation")
QUANTITY = Style("support.function", "Name.Builtin")
FUNCTION = Style("support.function", "Name.Function")
KIND = Style("entity.name.type.mechanism", "Name.Class")
NAME = Style("variable.other", "Name")
BAD_TEXT = Style("invalid.illegal.unclosed-text", "Error")


def _alternatives(words: tuple[str, ...]) -> str:
    return "|".join(words)


RULES = (
    Rule(r"(#\s*allow:[^#\n]*)(#[^\n]*)?", (DIRECTIVE, COMMENT)),
    Rule(r"#[^\n]*", (COMMENT,)),
    # the beginnings of statements
    Rule(rf"{_BEGIN}(language|model|use){_BEFORE_OPERAND}", (SPACE, HEAD)),
    Rule(
        rf"{_BEGIN}(default){_SPACE}(binary|categorical|real|image){_SPACE}(~){_SPACE}({_NAME}|{_QUOTED})",
        (SPACE, KEYWORD, SPACE, DECLARATION, SPACE, OPERATOR, SPACE, KIND),
    ),
    Rule(rf"{_BEGIN}(node|binary|categorical|real|image|latent|group){_BEFORE_OPERAND}", (SPACE, DECLARATION)),
    Rule(
        rf"{_BEGIN}(query|assert)(?:([^\S\n]+)(not)(?!{_N}))?"
        rf"([^\S\n]+)(identifiable|adjustment|instruments|ancestor|independencies)(?!{_N})",
        (SPACE, KEYWORD, SPACE, WORD_OPERATOR, SPACE, KEYWORD),
    ),
    Rule(rf"{_BEGIN}(query|assert){_BEFORE_OPERAND}", (SPACE, KEYWORD)),
    # words that are keywords in their places
    Rule(rf"(:)(?!=){_SPACE}(binary|categorical|real)(?!{_N})", (PUNCTUATION, SPACE, DECLARATION)),
    Rule(
        rf"(?<!{_N})(in){_SPACE}(\[){_SPACE}(-?)({_BOUND}){_SPACE}(,){_SPACE}(-?)({_BOUND}){_SPACE}(\])",
        (
            WORD_OPERATOR, SPACE, PUNCTUATION, SPACE, OPERATOR, NUMBER, SPACE,
            PUNCTUATION, SPACE, OPERATOR, NUMBER, SPACE, PUNCTUATION,
        ),
    ),
    Rule(rf"(?<!{_N})(?:and|or|not)(?!{_N})(?![^\S\n]*[,}}=)\]|])", (WORD_OPERATOR,)),
    Rule(rf"(?<!{_N})within(?=[^\S\n]+[0-9])", (WORD_OPERATOR,)),
    Rule(rf"(?<!{_N})(?:(?:P|do)(?=[^\S\n]*\()|E(?=[^\S\n]*\[))", (QUANTITY,)),
    Rule(
        rf"(?<!{_N})(?:{_alternatives((*FUNCTIONS, *LAWS, 'table'))})(?=[^\S\n]*\()",
        (FUNCTION,),
    ),
    Rule(rf"(~){_SPACE}({_NAME}|{_QUOTED})", (OPERATOR, SPACE, KIND)),
    Rule(rf"(?<!{_N})(?:true|false)(?=[^\S\n]*[,)\]])", (CONSTANT,)),
    # all else
    Rule(_QUOTED, (TEXT,)),
    Rule(r'"[^\n]*', (BAD_TEXT,)),
    Rule(rf"(?<!{_N}){_NUMBER}", (NUMBER,)),
    Rule(r"<->|->|<-|[→←↔]", (ARROW,)),
    Rule(r":=|==|!=|<=|>=|_\|\|_|\.\.|[⫫≤≥≠~=|<>*/+^-]", (OPERATOR,)),
    Rule(r"[\[\](){},;:]", (PUNCTUATION,)),
    Rule(_NAME, (NAME,)),
)  # fmt: skip
"""The rules; the first that fits speaks."""
