"""Imports run down only: between the features (import-linter) and inside each of them."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "portal").glob("*/*.py"))

# Inside a feature: views > what they are made of > forms > use cases > queries > facts > nouns, with a table
# (model) or without.
VIEWS, PARTS, FORMS, USE_CASES, QUERIES, FACTS, NOUNS = 6, 5, 4, 3, 2, 1, 0
RANKS = {
    "views": VIEWS,
    **dict.fromkeys(("answering", "blueprint", "panels"), PARTS),
    "forms": FORMS,
    "queries": QUERIES,
    "facts": FACTS,
    "gathering": FACTS,
    **dict.fromkeys(
        (
            "model",
            "actor",
            "answer_facts",
            "answers",
            "blindness",
            "clock_states",
            "content",
            "chain",
            "desk",
            "disputes",
            "impartiality",
            "participants",
            "refusals",
            "removals",
            "units",
        ),
        NOUNS,
    ),
}


def rank(module: str) -> int:
    return VIEWS if module.endswith("_views") else RANKS.get(module, USE_CASES)


def siblings_imported(path: Path) -> set[str]:
    """Return the names of the modules of its own feature that a module imports."""
    package = f"portal.{path.parent.name}"
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == package:
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{package}."):
            found.add((node.module or "").split(".")[2])
    return found


def test_no_feature_imports_what_stands_above_it() -> None:
    # In a process of its own, for it switches off the loggers of the one that it runs in.
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_nothing_inside_a_feature_imports_what_stands_above_it() -> None:
    climbing = [
        f"{path.relative_to(ROOT)} imports {sibling}"
        for path in MODULES
        for sibling in sorted(siblings_imported(path))
        if rank(sibling) > rank(path.stem)
    ]
    assert climbing == []
