"""Turns the grammar's tree into a typed condition: names resolved, like compared with like."""

from collections.abc import Iterable
from datetime import date, datetime

from lark import Token, Tree

from portal.rulebook.condition_sides import Fact, Given, Side, Sides, Truth, close, fail
from portal.rulebook.condition_types import (
    NUMBER_LIMIT,
    Always,
    And,
    Check,
    Condition,
    Names,
    Node,
    Not,
    Operator,
    Or,
)
from portal.rulebook.decision import Value

_ORDERED = {"int", "date", "timestamp", "money"}
_FLIPPED: dict[str, Operator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
# Words that CEL keeps for itself; here they could only stand as the variable of .all(..) and .exists(..).
_RESERVED = frozenset(
    {"as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package"}
    | {"namespace", "return", "var", "void", "while"}
)
_A = {
    "bool": "a true-or-false fact", "int": "a number", "choice": "a choice", "text": "a text",
    "date": "a date", "timestamp": "a moment", "money": "an amount of money", "set": "a set",
}  # fmt: skip


class Typing:
    """One pass over one tree."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._read = Sides(names)

    def condition(self, tree: Tree[Token]) -> Condition:
        """Return the condition of a whole tree; raises ConditionError."""
        root, depth = self._node(tree.children[0])
        scopes = {one.scope for one in self._read.types.values()} - {"claim"}
        if len(scopes) > 1:
            fail(tree, f"a condition reads one item at a time, not {' and '.join(sorted(scopes))}")
        return Condition(
            root=root,
            types=dict(self._read.types),
            scope=scopes.pop() if scopes else "claim",
            size=self._read.size,
            depth=depth + self._read.expanded_depth,
        )

    # ── the shape ──────────────────────────────────────────────────────────────────────────────

    def _node(self, tree: Tree[Token] | Token) -> tuple[Node, int]:
        if isinstance(tree, Token):  # never so by the grammar, which the types cannot know
            fail(tree, f"{tree} is not a condition")
        self._read.weigh(tree, 1)
        if tree.data in ("either", "both"):
            parts = [self._node(child) for child in tree.children]
            items = tuple(node for node, _ in parts)
            depth = 1 + max(depth for _, depth in parts)
            return (Or(items) if tree.data == "either" else And(items)), depth
        if tree.data == "negated":
            node, depth = self._node(tree.children[-1])
            # Two negations cancel, so that a long row of them is no deep tree.
            return (Not(node) if len(tree.children) % 2 == 0 else node), depth + 1
        leaf = {
            "comparison": self._comparison,
            "within": self._within,
            "has": self._has,
            "macro": self._macro,
            "bare": self._bare,
        }[tree.data]
        return leaf(tree), 1

    def _bare(self, tree: Tree[Token]) -> Node:
        side = self._read.side(tree.children[0])
        if isinstance(side, Truth):
            return side.node
        if isinstance(side, Given):
            if isinstance(side.value, bool):
                return Always(side.value)
            fail(tree, "a value alone is not a condition; compare it with a fact")
        if side.type.type != "bool":
            fail(tree, f"{side.name} is {_A[side.type.type]}; compare it with something")
        return Check(side.name, "is", side.type)

    def _comparison(self, tree: Tree[Token]) -> Node:
        first, operator, second = tree.children
        left, right = self._read.side(first), self._read.side(second)
        literal = first if isinstance(left, Given) else second
        sign = _FLIPPED[_FLIPPED[str(operator)]]
        if not isinstance(left, Fact) and not isinstance(right, Given):
            left, right, sign = right, left, _FLIPPED[sign]
        if isinstance(left, Truth):
            return self._truth_compared(tree, left, sign, right)
        if isinstance(left, Given):
            fail(tree, "a comparison needs a fact on one side")
        if isinstance(right, Truth):
            fail(tree, "a defined condition stands alone or is compared with true or false")
        if isinstance(right, Fact):
            return self._facts_compared(tree, left, sign, right)
        return self._compared(literal, left, sign, right)

    def _truth_compared(self, tree: Tree[Token], left: Truth, sign: Operator, right: Side) -> Node:
        if not isinstance(right, Given) or not isinstance(right.value, bool) or sign not in ("==", "!="):
            fail(tree, "a defined condition stands alone or is compared with true or false")
        return left.node if right.value == (sign == "==") else Not(left.node)

    def _facts_compared(self, tree: Tree[Token], left: Fact, sign: Operator, right: Fact) -> Node:
        one, two = left.type, right.type
        if left.name == right.name:
            fail(tree, f"{left.name} is compared with itself")
        if one.type != two.type or one.type == "set":
            fail(tree, f"{left.name} is {_A[one.type]}, {right.name} is {_A[two.type]}")
        if one.unit and two.unit and one.unit != two.unit:
            fail(tree, f"{left.name} counts {one.unit}, {right.name} {two.unit}")
        if one.type == "money" and one.currency != two.currency:
            fail(tree, f"{left.name} is in {one.currency} and {right.name} in {two.currency}")
        if one.codes is not None and two.codes is not None and not one.codes & two.codes:
            fail(tree, f"{left.name} and {right.name} have no code in common")
        self._refuse_order(tree, left, sign)
        return Check(left.name, sign, one, other=right.name, other_type=two)

    def _compared(self, tree: Tree[Token] | Token, left: Fact, sign: Operator, right: Given) -> Node:
        if right.value is None:
            return self._presence(tree, left, sign)
        value = self._fitting(tree, left, right)
        self._refuse_order(tree, left, sign)
        if left.type.type == "bool":
            check: Node = Check(left.name, "is", left.type)
            wanted = value == (sign == "==")
            if left.type.may_be_absent:
                present = Check(left.name, "given", left.type)
                if sign == "==" and not wanted:
                    return And((present, Not(check)))
                if sign == "!=" and wanted:
                    return Or((Not(present), check))
            return check if wanted else Not(check)
        return Check(left.name, sign, left.type, against=value, name=right.name)

    def _presence(self, tree: Tree[Token] | Token, left: Fact, sign: Operator) -> Node:
        if sign not in ("==", "!="):
            fail(tree, "null can only be compared with == and !=")
        if not left.type.may_be_absent:
            fail(tree, f"{left.name} is never absent")
        present = Check(left.name, "given", left.type)
        return present if sign == "!=" else Not(present)

    def _within(self, tree: Tree[Token]) -> Node:
        first, _, *rest = tree.children
        left = self._read.side(first)
        if not isinstance(left, Fact):
            fail(tree, "a fact stands before in [..]")
        if left.type.type in ("bool", "set"):
            fail(tree, f"{left.name} is {_A[left.type.type]}; it has no in [..]")
        codes: list[Value] = []
        for child in rest:
            right = self._read.side(child)
            if not isinstance(right, Given) or right.value is None:
                fail(child, "the brackets of in [..] hold literals and named values only")
            value = self._fitting(child, left, right)
            if value not in codes:
                codes.append(value)
        self._read.weigh(tree, len(codes))
        return Check(left.name, "in", left.type, codes=tuple(codes))

    def _has(self, tree: Tree[Token]) -> Node:
        code = self._read.side(tree.children[0])
        found = self._read.side(tree.children[2])
        if not isinstance(code, Given) or not isinstance(code.value, str):
            fail(tree, 'before in stands a code, such as "admin" in actor.roles')
        if not isinstance(found, Fact) or found.type.type != "set":
            fail(tree.children[2], f"{tree.children[2]} is not a set; a list is written in [..]")
        self._refuse_codes(tree, found, (code.value,))
        return Check(found.name, "has", found.type, against=code.value, name=code.name)

    def _macro(self, tree: Tree[Token]) -> Node:
        called, variable, again, _, named = map(str, tree.children)
        name, _, macro = called.rpartition(".")
        if macro not in ("all", "exists") or not name:
            fail(tree, f"{called}(..) is not known; write .all(r, r in NAME) or .exists(r, r in NAME)")
        if variable != again or "." in variable or variable == named or variable in _RESERVED:
            fail(tree, f"write the same short name twice, such as {called}(r, r in {named})")
        side = self._read.side(tree.children[0], name)
        if not isinstance(side, Fact) or side.type.type != "set":
            fail(tree, f"{name} is not a set; only sets have .{macro}(..)")
        codes = self._names.sets.get(named)
        if codes is None:
            fail(tree.children[4], f"unknown set {named}", close(named, self._names.sets))
        self._refuse_codes(tree, side, sorted(codes))
        operator: Operator = "all in" if macro == "all" else "any in"
        return Check(side.name, operator, side.type, codes=tuple(sorted(codes)), name=named)

    # ── what fits ──────────────────────────────────────────────────────────────────────────────────────

    def _fitting(self, tree: Tree[Token] | Token, left: Fact, right: Given) -> Value:
        """Return the value where it is of the fact's type; a code must be one of the fact's codes."""
        value, kind = right.value, left.type.type
        if isinstance(value, bool):
            fits = kind == "bool"
        elif isinstance(value, int):
            fits = kind in ("int", "money") and abs(value) < NUMBER_LIMIT
        elif isinstance(value, str):
            fits = kind in ("choice", "text")
        elif isinstance(value, datetime):
            fits = kind == "timestamp"
        else:
            fits = isinstance(value, date) and kind == "date"
        if not fits:
            fail(tree, f"{left.name} is {_A[kind]}, {right.name or _shown(value)} is not")
        if kind == "choice" and isinstance(value, str):
            self._refuse_codes(tree, left, (value,))
        return value

    # ── what is refused ────────────────────────────────────────────────────────────────────────

    def _refuse_codes(self, tree: Tree[Token] | Token, left: Fact, codes: Iterable[str]) -> None:
        if left.type.codes is None:
            return
        for code in codes:
            if code not in left.type.codes:
                fail(tree, f"{left.name} is never {_shown(code)}", close(code, left.type.codes))

    def _refuse_order(self, tree: Tree[Token] | Token, left: Fact, sign: Operator) -> None:
        if left.type.type == "set":
            fail(tree, f"{left.name} is a set; ask it with in, .all(..) or .exists(..)")
        if sign not in ("==", "!=") and left.type.type not in _ORDERED:
            fail(tree, f"{left.name} is {_A[left.type.type]} and has no order; use == or !=")


def _shown(value: Value) -> str:
    if isinstance(value, str):
        return f'"{value[:60]}"'
    return str(value).lower() if isinstance(value, bool) else str(value)
