"""What the page of a policy consists of: its statuses, actions, rules, deadlines and mails in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.languages.countries import country_in_words
from portal.languages.dates import zone_in_words
from portal.languages.sentences import speaking
from portal.rulebook.condition_words import Words
from portal.rulebook.models import (
    CatalogReason,
    ClockRule,
    PermissionMeaning,
    Question,
    Role,
    Side,
    Status,
    Transition,
)
from portal.rulebook.rulebook import Rulebook


@dataclass(frozen=True)
class ShownRule:
    """One rule: what it says, when it fires in words and as the file says it, its clause, and `file:line`."""

    code: str
    say: str
    words: Words
    condition: str
    negated: bool  # the rule fires unless the condition holds
    source: str
    decided: bool
    place: str
    for_each: str = ""
    outcome: str = ""
    instead: str = ""
    rank: int = 0


@dataclass(frozen=True)
class ShownStatus:
    """One status: whose move it is, which clocks run in it, and which actions lead out of it or stay."""

    code: str
    status: Status
    mover: str
    editable: tuple[str, ...]
    clocks: tuple[tuple[str, ClockRule], ...]
    actions: tuple[tuple[str, str], ...]  # code, label
    closed_when: Words | None


@dataclass(frozen=True)
class ShownAction:
    """One transition: who may, from which status to which, what it asks, and everything that refuses it."""

    code: str
    transition: Transition
    who: str
    moves: tuple[tuple[str, str], ...]
    asks: tuple[str, ...]
    rules: tuple[ShownRule, ...]
    requires: tuple[tuple[str, str, str], ...]  # question, its label, the outcome wanted in words
    reason: str  # the label of the rejection reason that it gives, or ""
    place: str


@dataclass(frozen=True)
class ShownClock:
    """One deadline: how long, in which statuses, who is waited for, and what happens at its end."""

    code: str
    rule: ClockRule
    statuses: tuple[str, ...]
    mover: str
    at_end: tuple[str, str] | None  # code and label of a transition
    only_if: Words | None
    waits_unless: Words | None
    place: str


@dataclass(frozen=True)
class ShownQuestion:
    """One question besides "may this happen": its outcomes in words and its rules."""

    code: str
    label: str
    question: Question
    otherwise: str
    rules: tuple[ShownRule, ...]


@dataclass(frozen=True)
class ShownMail:
    """One mail: who is told, how they may choose to get it, its texts, and when it is sent at all."""

    recipient: str
    may_be: Sequence[str]
    subject: str
    lead: str
    next: str
    only_when: Words | None


@dataclass(frozen=True)
class ShownEvent:
    """Who is told of what: the event's name in words, and its mails."""

    label: str
    mails: tuple[ShownMail, ...]


@dataclass(frozen=True)
class ShownSecondReviews:
    """Which decisions are judged twice, how many of them and why so many; actions by their labels."""

    percent: int
    because: str
    of: tuple[str, ...]
    besides: tuple[str, ...]


@dataclass(frozen=True)
class PolicyPage:
    """Everything the page of one policy version shows. `since` is when it came into force, if it did."""

    rulebook: Rulebook
    since: datetime | None
    statuses: tuple[ShownStatus, ...]
    actions: tuple[ShownAction, ...]
    questions: tuple[ShownQuestion, ...]
    clocks: tuple[ShownClock, ...]
    events: tuple[ShownEvent, ...]
    catalogs: tuple[tuple[str, str, Mapping[str, CatalogReason]], ...]
    choosers: Mapping[str, str]  # who gives a reason, in words
    named_sets: tuple[tuple[str, tuple[str, ...]], ...]  # name, labels of its reasons
    roles: tuple[tuple[str, Role], ...]
    permissions: tuple[tuple[str, PermissionMeaning], ...]
    second_reviews: ShownSecondReviews | None  # for people of the operator alone
    defined: tuple[tuple[str, str, str, Words], ...]  # name, what it means, as the file says it, in words

    @property
    def zone(self) -> str:
        """The time zone of deadlines, as people call it and by its city."""
        policy = self.rulebook.policy
        label = policy.time_zone_label
        city = zone_in_words(policy.time_zone, speaking())
        return f"{label} ({city})" if label else city

    @property
    def country(self) -> str:
        """The country whose holidays count, by its name and code."""
        code = self.rulebook.policy.calendar
        return f"{country_in_words(code, speaking())} ({code})"

    def names(self, part: str) -> list[tuple[str, str]]:
        """Return the code and the label of each entry of a part, for the page's contents."""
        named: Mapping[str, list[tuple[str, str]]] = {
            "statuses": [(row.code, row.status.label) for row in self.statuses],
            "actions": [(row.code, row.transition.label) for row in self.actions],
            "clocks": [(row.code, row.rule.label) for row in self.clocks],
            "questions": [(row.code, row.label) for row in self.questions],
            "catalogs": [(code, label) for code, label, _ in self.catalogs],
            "areas": [(code, row.label) for code, row in self.rulebook.programs.solution_areas.items()],
        }
        return named[part]


def second_reviews_of(rulebook: Rulebook, side: Side) -> ShownSecondReviews | None:
    """Return what the operator's people read of decisions that are judged twice; None for partners."""
    rule, known = rulebook.lifecycle.second_reviews, rulebook.transitions
    if rule is None or side != "operator":
        return None
    of, besides = (tuple(known[code].label for code in codes) for codes in (rule.of, rule.besides))
    return ShownSecondReviews(rule.percent, rule.because, of, besides)
