"""The names in the rules of questions: which question, which outcome, which rank."""

from portal.rulebook.documents import Path
from portal.rulebook.models import Question, Rule
from portal.rulebook.notes import Notes
from portal.rulebook.parts import Parts
from portal.rulebook.resolving_rules import RuleChecks, Setting
from portal.rulebook.vocabulary import Vocabulary


def check_questions(parts: Parts, vocabulary: Vocabulary, notes: Notes) -> None:
    """Check every rule of the question files into `notes`."""
    checks = RuleChecks(parts, vocabulary, notes)
    for file, written in parts.questions.items():
        for name in written.questions:
            notes.unknown(file, ("questions", name), "question", name, parts.policy.questions, key=True)
    for name, question in parts.policy.questions.items():
        rules = rules_of(parts, name)
        if not rules and name not in parts.lifecycle.transitions:  # else its name is the mistake
            sentence = "no file has rules for this question: write them, or delete it"
            notes.problem("policy.yaml", ("questions", name), sentence, key=True)
        ranks: dict[int, str | None] = {}
        for file, path, rule in rules:
            checks.rule(file, path, rule, Setting(scope=question.scope))
            _check_outcome(notes, file, path, rule, question)
            _check_rank(notes, file, path, rule, question, ranks)
        checks.unique(rules, f'question "{name}"')


def rules_of(parts: Parts, question: str) -> list[tuple[str, Path, Rule]]:
    """Return the rules of a question with their place, in the order of the files."""
    return [
        (file, ("questions", question, "rules", position), rule)
        for file, written in parts.questions.items()
        if question in written.questions
        for position, rule in enumerate(written.questions[question].rules)
    ]


def _check_outcome(notes: Notes, file: str, path: Path, rule: Rule, question: Question) -> None:
    if rule.outcome is None:
        notes.problem(file, path, "the rule says no outcome, so nothing would follow from it: add `outcome:`")
    else:
        notes.unknown(file, (*path, "outcome"), "outcome", rule.outcome, question.outcomes)


def _check_rank(
    notes: Notes, file: str, path: Path, rule: Rule, question: Question, ranks: dict[int, str | None]
) -> None:
    if question.combine != "first":
        if rule.rank is not None:
            sentence = f"the question combines by {question.combine}, where ranks mean nothing: delete it"
            notes.problem(file, (*path, "rank"), sentence, key=True)
    elif rule.rank is None:
        notes.problem(file, path, "the lowest rank wins in this question: add `rank:`")
    elif ranks.setdefault(rule.rank, rule.outcome) != rule.outcome:
        sentence = f"another outcome has rank {rule.rank} too, so neither would win: give each its own"
        notes.problem(file, (*path, "rank"), sentence)
