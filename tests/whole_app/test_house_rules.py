"""The rules of the house, read off the source: each failure names the places that break one."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from io import StringIO
from pathlib import Path
from tokenize import COMMENT, generate_tokens

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "portal").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

LINES_OF_A_MODULE = 300
LINES_OF_A_TEST_MODULE = 500
LINES_OF_A_VIEW = 15
DRAWERS = re.compile(r"^(utils?|helpers?|common|misc|managers?|handlers?|services)$")

# What may know the web: a feature's views, what stands between them and the use cases, and its forms; the
# floor called web; mails, which are templates too; the loop that works inside an app's context; where all
# parts meet.
MAY_KNOW_THE_WEB = re.compile(
    r"^(web/.*|(app|features)\.py|cli/.*|db\.py|work/loop\.py|notifications/rendering\.py"
    r"|[a-z_]+/(views|blueprint|[a-z]+_views|answering|panels|forms|current)\.py)$"
)
THE_WEB = {"flask", "werkzeug", "wtforms", "flask_wtf", "flask_login", "jinja2", "htmx_flask"}

Found = Iterator[tuple[int, str]]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT / "portal").as_posix()


def broken(paths: list[Path], rule: Callable[[ast.Module], Found]) -> list[str]:
    """Return "file:line: what" for everything that `rule` finds in `paths`."""
    return [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for path in paths
        for line, what in rule(ast.parse(path.read_text(encoding="utf-8")))
    ]


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for an attribute chain, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


TIME_READERS = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime|ctime)"
    r"|func\.(now|current_timestamp|current_date|localtimestamp))$"
)


def readings_of_the_time(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and TIME_READERS.search(dotted(node)):
            yield node.lineno, f"{dotted(node)} is read; ask the clock"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            names = {alias.name for alias in node.names} & {"time", "time_ns", "localtime", "gmtime"}
            if names:
                yield node.lineno, f"{sorted(names)} imported; ask the clock"


def test_only_the_clock_reads_the_time() -> None:
    assert broken([path for path in SOURCES if name_of(path) != "clock.py"], readings_of_the_time) == []


def long_views(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(
            dotted(mark.func).startswith("blueprint.")
            for mark in node.decorator_list
            if isinstance(mark, ast.Call)
        ):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LINES_OF_A_VIEW:
                yield node.lineno, f"the view {node.name} has {length} lines"


def test_views_are_short() -> None:
    assert broken(SOURCES, long_views) == []


@pytest.mark.parametrize(
    ("paths", "most"),
    [(SOURCES, LINES_OF_A_MODULE), (TESTS, LINES_OF_A_TEST_MODULE)],
    ids=["portal", "tests"],
)
def test_files_are_short(paths: list[Path], most: int) -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {str(path): length for path, length in lengths.items() if length >= most} == {}


def test_nothing_is_a_drawer() -> None:
    parts = {
        part for path in SOURCES + TESTS + TEMPLATES for part in path.relative_to(ROOT).with_suffix("").parts
    }
    assert {part for part in parts if DRAWERS.match(part)} == set()


def test_every_module_says_in_one_sentence_what_it_is() -> None:
    silent = []
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        docstring = ast.get_docstring(ast.parse(text)) if text.strip() else "An empty file."
        if not docstring or not docstring.split("\n\n")[0].rstrip().endswith("."):
            silent.append(str(path.relative_to(ROOT)))
    assert silent == []


def imports_of_the_web(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        one = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in one or [alias.name for alias in node.names]:
            if name.split(".")[0] in THE_WEB:
                yield node.lineno, f"a use case imports {name}"


def test_use_cases_know_nothing_of_the_web() -> None:
    use_cases = [path for path in SOURCES if not MAY_KNOW_THE_WEB.match(name_of(path))]
    assert len(use_cases) > 30
    assert broken(use_cases, imports_of_the_web) == []


@cache
def policy_codes() -> frozenset[str]:
    """Return every code that the rule files define and that no code of the portal may compare with."""
    yaml = YAML(typ="safe", pure=True)

    def of(file: str, *keys: str) -> set[str]:
        content = yaml.load((ROOT / "rules" / file).read_text(encoding="utf-8"))
        return {code for key in keys for code in content[key]}

    # Only the action by which a claim begins is known by name: before it there is no claim to ask.
    return frozenset(
        of("lifecycle.yaml", "statuses", "transitions")
        | of("roles.yaml", "roles", "permissions")
        | of("reasons.yaml", "information_reasons", "rejection_reasons", "partner_request_reasons")
        | of("deadlines.yaml", "clocks")
        | of("programs.yaml", "solution_areas", "engagements", "activities", "products")
    ) - {"create"}


def words_of_the_format() -> set[str]:
    """Return the closed words of the rule files' own format, such as `chosen_by: reviewer`."""
    tree = ast.parse((ROOT / "portal" / "rulebook" / "models.py").read_text(encoding="utf-8"))
    return {
        word
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and dotted(node.value) == "Literal"
        for word in texts_in(node.slice)
    }


def texts_in(node: ast.AST) -> Iterator[str]:
    """Return the texts that a comparison's operand consists of: a literal, or literals in brackets."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        for element in node.elts:
            yield from texts_in(element)


def comparisons_with_policy(tree: ast.Module) -> Found:
    codes = policy_codes()
    for node in ast.walk(tree):
        operands: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            operands = [node.value]
        for operand in operands:
            for text in texts_in(operand):
                if text in codes:
                    yield operand.lineno, f"compared with {text!r}, which is policy"


def test_no_code_of_the_rule_files_is_compared_with() -> None:
    assert {"draft", "reviewer", "customer_declined", "claims.dispute", "dispute_window"} <= policy_codes()
    # The sample plays people, who press buttons by name; the rulebook knows the words of its own format.
    judged = [path for path in SOURCES if not name_of(path).startswith("sample/")]
    words = "|".join(re.escape(repr(word)) for word in words_of_the_format())
    of_the_format = re.compile(rf"^portal/rulebook/.*compared with ({words}),")
    found = broken(judged, comparisons_with_policy)
    assert [one for one in found if not of_the_format.match(one)] == []


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("from datetime import datetime\ndatetime.now()", readings_of_the_time),
        ("import datetime as d\nd.date.today()", readings_of_the_time),
        ("@blueprint.get('/')\ndef view():\n" + "    pass\n" * 15, long_views),
        ("from flask import request", imports_of_the_web),
        ("claim.status == 'approved'", comparisons_with_policy),
        ("role in ('reviewer', 'x')", comparisons_with_policy),
        ("match x:\n    case 'draft':\n        pass", comparisons_with_policy),
    ],
)
def test_each_rule_finds_what_breaks_it(source: str, rule: Callable[[ast.Module], Found]) -> None:
    assert list(rule(ast.parse(source)))


FORBIDDEN_IN_TEMPLATES = {
    "markup that is not escaped": re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\s+false"),
    "an inline style": re.compile(r"<style\b|\sstyle\s*="),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")[^>]*>"),
    "an event attribute": re.compile(r"\son[a-z]+\s*=|hx-on"),
    "an address written by hand": re.compile(r"\b(href|action|src|data-hx-(get|post))\s*=\s*[\"']/"),
    "an address abroad": re.compile(r"\b(href|action|src)\s*=\s*[\"']https?:"),
    "hx- without data-": re.compile(r"(?<!data-)(?<![\w-])hx-[a-z-]+\s*="),
    "a view that asks whether this is htmx": re.compile(r"request\.htmx"),
}


@pytest.mark.parametrize("what", FORBIDDEN_IN_TEMPLATES)
def test_templates_are_free_of(what: str) -> None:
    assert TEMPLATES
    # Mails and proof packs are read apart from the portal's style sheets and content security policy.
    apart = {"mail", "proof"} if what == "an inline style" else set()
    judged = [path for path in TEMPLATES if path.parent.name not in apart]
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in judged
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if FORBIDDEN_IN_TEMPLATES[what].search(line)
    ]
    assert found == []


def test_templates_compare_nothing_with_the_codes_of_the_rule_files() -> None:
    compared = re.compile(r"(?:==|!=|\bin\b)\s*[\[(]?\s*[\"']([a-z_.]+)[\"']")
    found = [
        f"{path.relative_to(ROOT)}: {code}"
        for path in TEMPLATES
        for code in compared.findall(path.read_text(encoding="utf-8"))
        if code in policy_codes()
    ]
    assert found == []


def test_every_partial_says_what_it_needs() -> None:
    partials = [path for path in TEMPLATES if path.name.startswith("_")]
    silent = []
    for path in partials:
        text = path.read_text(encoding="utf-8")
        # A file of macros says in words what it is for; its macros name what they need.
        if not text.startswith("{#" if "{% macro" in text else ("{# needs:", "{#- needs:")):
            silent.append(str(path.relative_to(ROOT)))
    assert silent == []


def test_exceptions_to_the_checkers_give_their_reason() -> None:
    bare = re.compile(r"#\s*(noqa(:[A-Z0-9, ]+)?\s*|type:\s*ignore(\[[a-z, -]+\])?\s*)$")
    found = [
        f"{path.relative_to(ROOT)}:{comment.start[0]}: {comment.string}"
        for path in SOURCES + TESTS
        for comment in generate_tokens(StringIO(path.read_text(encoding="utf-8")).readline)
        if comment.type == COMMENT and bare.search(comment.string)
    ]
    assert found == []
