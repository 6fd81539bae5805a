"""What in the rule files a stranger could not read where pages show it; they decide well all the same."""

import re
from collections.abc import Iterator

from portal.rulebook.models import Defined, Fact
from portal.rulebook.parts import Parts

_TO_ONE_SIDE = re.compile(r"\b(you|your|yours)\b", re.IGNORECASE)


def hard_to_read(parts: Parts) -> list[str]:
    """Return a sentence for everything that would be shown in words which nobody wrote for people."""
    return [*_said(parts), *_alike(parts), *_questions(parts)]


def _said(parts: Parts) -> Iterator[str]:
    said: dict[str, Fact | Defined] = {**parts.vocabulary.facts, **parts.vocabulary.defined}
    for name, one in said.items():
        where = f"vocabulary.yaml, {name}"
        is_sentence = isinstance(one, Defined) or one.type == "bool"
        if is_sentence and one.means_not is None:
            yield f"{where}: write `means_not`, the sentence that is true where `means` is not"
        if not is_sentence and one.means_not is not None:
            yield f"{where}: only what is true or false has a `means_not`; delete it"
        for key, text in (("means", one.means), ("means_not", one.means_not or "")):
            if text[:1].islower():
                yield f"{where}: `{key}` begins a line, so begin it with a capital"
            if text[-1:] in (".", "!", "?", ":"):
                yield f"{where}: `{key}` stands alone on a line or before a colon, so end it without a mark"
            if _TO_ONE_SIDE.search(text):
                yield f"{where}: both sides read `{key}`, so say who is meant instead of “you”"


def _alike(parts: Parts) -> Iterator[str]:
    """Yield what means the same as something before it: nobody could tell them apart."""
    seen: dict[str, str] = {}
    said: dict[str, Fact | Defined] = {**parts.vocabulary.facts, **parts.vocabulary.defined}
    for name, one in said.items():
        for text in filter(None, (one.means, one.means_not)):
            other = seen.setdefault(" ".join(text.split()).casefold(), name)
            if other != name or one.means == one.means_not:
                yield f"vocabulary.yaml, {name}: {other} means the same; say in what they differ"


def _questions(parts: Parts) -> Iterator[str]:
    for name, question in parts.policy.questions.items():
        if question.label is None:
            yield f"policy.yaml, question {name}: give it a `label`, the question as people ask it"
        if isinstance(question.outcomes, list):
            yield f"policy.yaml, question {name}: write each outcome with what people call it, as CODE: TEXT"
