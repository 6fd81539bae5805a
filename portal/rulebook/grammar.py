"""The grammar of conditions, a strict subset of CEL, and where a text leaves it."""

import re
from functools import cache
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import LarkError, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from portal.rulebook.condition_types import ConditionError

LENGTH_LIMIT = 2_000  # characters
NESTING_LIMIT = 12  # open parentheses and brackets

_GRAMMAR = r"""
start: _either
_either: either | _both
_both: both | _negated
either: _both ("||" _both)+
both: _negated ("&&" _negated)+
_negated: negated | _plain
negated: NOT+ _tight
_plain: _tight | comparison | within | has
_tight: "(" _either ")" | macro | bare
comparison: _side COMPARE _side
within: _side IN "[" [_side ("," _side)*] "]"
has: _side IN NAME
macro: NAME "(" NAME "," NAME IN NAME ")"
bare: NAME | TRUE | FALSE
_side: NAME | TRUE | FALSE | NULL | INT | TEXT | call
call: NAME "(" TEXT ")"

NOT: "!"
COMPARE: "==" | "!=" | "<=" | ">=" | "<" | ">"
IN: "in"
TRUE: "true"
FALSE: "false"
NULL: "null"
NAME: /[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*/
INT: /-?(0|[1-9][0-9]*)(?![0-9A-Za-z_.])/
TEXT: /"[^"\\\x00-\x1f\x7f\ud800-\udfff]*"|'[^'\\\x00-\x1f\x7f\ud800-\udfff]*'/
%ignore /[ \t\r\n]+/
"""

# What people write who know other languages, and what CEL writes instead.
_FOREIGN = {
    "=": "==", "<>": "!=", "is": "==", "and": "&&", "AND": "&&", "&": "&&", "or": "||", "OR": "||", "|": "||",
    "not": "!", "NOT": "!", "True": "true", "False": "false", "None": "null", "yes": "true", "no": "false",
}  # fmt: skip
_TEXT = re.compile(r"""\"[^"\n]*"|'[^'\n]*'""")
_WORD = re.compile(r"[=<>&|]+|[A-Za-z_0-9.]+|.", re.DOTALL)
_UNENDED = "a text ends on the line it begins on, and holds no backslash or control character"


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def read(text: str) -> Tree[Token]:
    """Return the tree of `text`; raises ConditionError where it leaves the grammar."""
    _refuse_beyond_bounds(text)
    try:
        return _parser().parse(text)
    except UnexpectedInput as error:
        raise _worded(text, error) from None
    except LarkError as error:  # none is known; a message is still better than a traceback
        raise ConditionError(1, 1, f"this is not a condition ({type(error).__name__})") from None


def place(text: str, index: int) -> tuple[int, int]:
    """Return line and column, from 1, of the character at `index`."""
    before = text[:index]
    return before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1


def _refuse_beyond_bounds(text: str) -> None:
    if not text.strip():
        raise ConditionError(1, 1, "the condition is empty")
    if len(text) > LENGTH_LIMIT:
        line, column = place(text, LENGTH_LIMIT)
        raise ConditionError(column, line, f"the condition is longer than {LENGTH_LIMIT} characters")
    depth = 0
    for index, character in enumerate(_TEXT.sub(lambda found: " " * len(found[0]), text)):
        depth += (character in "([") - (character in ")]")
        if depth > NESTING_LIMIT:
            line, column = place(text, index)
            raise ConditionError(column, line, f"the parentheses are nested deeper than {NESTING_LIMIT}")


def _worded(text: str, error: UnexpectedInput) -> ConditionError:
    """Say in words where the text leaves the grammar, and what people usually mean there."""
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        line, column = place(text, len(text.rstrip()))
        return ConditionError(column, line, "the condition ends too early")
    position: Any = error.pos_in_stream  # lark declares None alone
    index = position or 0
    line, column = place(text, index)
    found = _WORD.findall(text[index:])[0]
    if found in "\"'" and isinstance(error, UnexpectedCharacters):
        return ConditionError(column, line, _UNENDED)
    if isinstance(error, UnexpectedToken) and error.token.type in ("COMPARE", "IN"):
        return ConditionError(column, line, f"{found} cannot follow here; put what is negated in parentheses")
    shown = found if found.isprintable() else repr(found)[1:-1]
    return ConditionError(column, line, f"{shown[:60]} does not belong here", _FOREIGN.get(found))
