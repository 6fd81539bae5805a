"""How long a decision takes, by both evaluators and by the Python one alone, on the rule files of this tree.

Run: .venv/bin/python -m benchmarks.decisions
The figures of one run are to be compared with each other, not with those of another machine.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from portal.rulebook.example_facts import facts_of
from portal.rulebook.loading import load, read_folder

RULES = Path(__file__).resolve().parents[1] / "rules"
ROUNDS = 300


def microseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median of `rounds` calls of `work` in microseconds, after one that warms up."""
    work()
    times = []
    for _ in range(rounds):
        began = perf_counter()
        work()
        times.append(perf_counter() - began)
    return median(times) * 1_000_000


def main() -> None:
    """Print one line a measurement."""
    files = read_folder(RULES)
    began = perf_counter()
    rulebook = load(files)
    cold = perf_counter() - began
    warm = microseconds(lambda: load(files), 5) / 1_000_000
    print(f"loading the rule files: {cold:.2f} s the first time, {warm:.2f} s again")
    print(f"{'question':24}{'rules':>6}{'both, µs':>10}{'Python, µs':>12}{'ratio':>7}")
    parts = rulebook.parts
    examples = [row for file in parts.examples.values() for row in file.examples]
    for question in ("submit", "approve", "resubmit", "dispute", "settle", "comment"):
        example = next(row for row in examples if row.question == question and row.expect == "allowed")
        facts = facts_of(example, parts.cases, rulebook.vocabulary, rulebook.lifecycle, rulebook.roles)
        both = microseconds(partial(rulebook.decide, question, facts))
        alone = microseconds(partial(rulebook.replay, question, facts))
        count = len(rulebook.asked_rules(question))
        print(f"{question:24}{count:>6}{both:>10.0f}{alone:>12.0f}{both / alone:>7.1f}")


if __name__ == "__main__":
    main()
