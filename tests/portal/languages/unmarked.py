"""Finds the words of templates and modules that nothing marks for translation.

`python -m tests.portal.languages.unmarked FILE…` prints them with their lines.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes
from jinja2.visitor import NodeVisitor

MARKS = {"_", "gettext", "ngettext", "lazy_gettext"}
# What a module says to its programmers, to the log and to databases.
UNTRANSLATED = {
    "AssertionError", "CheckConstraint", "Counter", "Gauge", "Histogram", "Index", "KeyError",
    "Literal", "LookupError", "NotImplementedError", "RuntimeError", "RuntimeWarning", "TypeError",
    "TypeVar", "TypeVarTuple",
    "UniqueConstraint", "Unreachable", "ValueError", "cast", "compile", "debug", "error",
    "exception", "fullmatch", "getLogger", "get_logger", "info", "loud", "relationship",
    "removeprefix", "removesuffix", "strftime", "text", "warning",
}  # fmt: skip
STAYS = "# stays English"
STATEMENTS = (ast.Assign, ast.AnnAssign, ast.Return, ast.Raise)
# A word with a capital letter, or two words, is something that people read; names of things are neither.
READ = re.compile(r"^[A-Z][a-z]{2,}[^\W\d_]*[.:…]?$|(?:[^\W\d_]{2,}[,:;]?|…) [^\W\d_]{2,}|[^\W\d_]{2,} …")
SAID_BY = re.compile(
    r'\b(?:aria-label|title|placeholder|alt|data-(?:say-[a-z-]+|label|confirm|announce))="([^"]*)"'
)
EXPRESSION = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)
TAG = re.compile(r"<[a-zA-Z/!](?:\"[^\"]*\"|'[^']*'|[^>\"'])*>")


def in_template(source: str) -> list[str]:
    """Return the words of a template that stand bare, in an attribute, or in a text given to a macro."""
    without = re.sub(r"{% block main_class %}.*?{% endblock %}", "", source, flags=re.DOTALL)
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(without)
    shown = "\0".join(piece.data for piece in tree.find_all(nodes.TemplateData))
    shown = re.sub(r"<style>.*?</style>", "", shown, flags=re.DOTALL)
    bare = re.findall(r"[^\W\d_]+(?: [^\W\d_]+)*", re.sub(r"&[a-z]+;", "", TAG.sub("\0", shown)))
    attributes = [
        said
        for value in SAID_BY.findall(EXPRESSION.sub("\0", re.sub(r"<style>.*?</style>", "", without)))
        for said in re.findall(r"[^\W\d_]+(?: [^\W\d_]+)*", value)
    ]
    given = _Given()
    given.visit(tree)
    return bare + attributes + given.found


class _Given(NodeVisitor):
    """Collects texts that people read and no mark is round."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_Call(self, node: nodes.Call) -> None:  # noqa: N802  # Jinja's name
        if isinstance(node.node, nodes.Name) and node.node.name in MARKS:
            for keyword in node.kwargs:
                self.visit(keyword)
            return
        self.generic_visit(node)

    def visit_Compare(self, node: nodes.Compare) -> None:  # noqa: N802  # Jinja's name
        """Leave out what is compared, which nobody reads."""

    def visit_Const(self, node: nodes.Const) -> None:  # noqa: N802  # Jinja's name
        if isinstance(node.value, str) and READ.search(node.value):
            self.found.append(node.value)


def in_module(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, text) for each text that people read and no mark is round.

    A line may say `# stays English: why`, as may a comment above it; above a statement, or behind the bracket
    that opens one, it holds for the whole statement.
    """
    lines, tree = source.splitlines(), ast.parse(source)
    stays = {number for number, line in enumerate(lines, 1) if STAYS in line}
    for node in ast.walk(tree):
        if isinstance(node, STATEMENTS) and stays & _begun(lines, node):
            stays.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    for node in _outside_marks(tree):
        if isinstance(node, ast.JoinedStr):
            said = "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)  # type: ignore[misc]  # a text within an f-string
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            said = node.value
        else:
            continue
        own = _above(lines, node) | set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        if READ.search(said) and not stays & own:
            yield node.lineno, said


def _begun(lines: list[str], node: ast.stmt) -> set[int]:
    """Return the lines whose comments hold for a whole statement."""
    opens = lines[node.lineno - 1].split("#")[0].rstrip().endswith(("(", "[", "{"))
    return _above(lines, node) | ({node.lineno} if opens else set())


def _above(lines: list[str], node: ast.stmt | ast.expr) -> set[int]:
    """Return the numbers of the lines of comment that stand right above a node."""
    number = node.lineno - 1
    while number and lines[number - 1].lstrip().startswith("#"):
        number -= 1
    return set(range(number + 1, node.lineno))


def _outside_marks(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        if isinstance(child, ast.Call) and _name(child.func) in MARKS:
            for keyword in child.keywords:
                yield from _outside_marks(keyword)
            continue
        if isinstance(child, ast.Call) and _name(child.func) in UNTRANSLATED:
            continue
        if child in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            continue
        yield child
        if not isinstance(child, ast.JoinedStr):
            yield from _outside_marks(child)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def main(paths: list[str]) -> None:
    """Print what is unmarked in `paths`."""
    for path in map(Path, paths):
        source = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            for line, said in in_module(source):
                print(f"{path}:{line}: {said}")
        else:
            for said in in_template(source):
                print(f"{path}: {said}")


if __name__ == "__main__":
    main(sys.argv[1:])
