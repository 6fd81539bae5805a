"""A policy as a reader sees it: every rule with its condition, its clause and its line."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.rulebook.closed_names import CUSTOMER, GONE, NEW, NOTHING, SYSTEM
from portal.rulebook.documents import Path
from portal.rulebook.models import (
    CatalogReason,
    ClockRule,
    Mail,
    PermissionMeaning,
    Question,
    Role,
    Rule,
    Status,
    Transition,
)
from portal.rulebook.rulebook import Rulebook
from portal.rulebook.wording import listed, spoken

LIFECYCLE, DEADLINES, NOTIFICATIONS = "lifecycle.yaml", "deadlines.yaml", "notifications.yaml"
# What the reserved words of `moves` are called where a status stands.
RESERVED: Mapping[str, str] = {NEW: "(not created yet)", GONE: "(deleted)"}
MOVERS: Mapping[str, str] = {
    "partner": "Partner",
    "operator": "Operator",
    "customer": "Customer",
    "nobody": "Nobody",
}
RECIPIENTS: Mapping[str, str] = {
    "partner": "Partner",
    "reviewer": "Reviewer of the claim",
    "reviewers": "All reviewers",
    "customer": "Customer contact",
    "operator_admins": "Operator admins",
    "other_side": "The other side",
}
CATALOGS: Mapping[str, str] = {
    "information_reasons": "Why more information is needed",
    "rejection_reasons": "Why a claim is rejected",
    "partner_request_reasons": "Why a partner asks for a rejection",
}
CHOOSERS: Mapping[str, str] = {
    "reviewer": "A reviewer chooses it",
    "partner": "The partner chooses it",
    "transition": "An action gives it",
}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class ShownRule:
    """One rule in words: what it says, when it fires (CEL), the clause behind it, and `file:line`."""

    code: str
    say: str
    condition: str
    negated: bool  # the rule fires unless the condition holds
    source: str
    decided: bool
    place: str
    for_each: str = ""
    outcome: str = ""
    instead: str = ""


@dataclass(frozen=True)
class ShownStatus:
    """One status: whose move it is, which clocks run in it, and which actions lead out of it or stay."""

    code: str
    status: Status
    mover: str
    editable: tuple[str, ...]
    clocks: tuple[tuple[str, ClockRule], ...]
    actions: tuple[tuple[str, str], ...]  # code, label


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
class ShownEvent:
    """Who is told of what: the event's name in words, and its mails with their recipients."""

    label: str
    mails: tuple[tuple[str, Mail], ...]


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


def policy_page(rulebook: Rulebook, since: datetime | None) -> PolicyPage:
    """Return the page of `rulebook`, in force since `since` (aware), or never where it is None."""
    reasons = rulebook.reasons
    return PolicyPage(
        rulebook=rulebook,
        since=since,
        statuses=tuple(_statuses(rulebook)),
        actions=tuple(_actions(rulebook)),
        questions=tuple(_questions(rulebook)),
        clocks=tuple(_clocks(rulebook)),
        events=tuple(_events(rulebook)),
        catalogs=tuple((name, label, getattr(reasons, name)) for name, label in CATALOGS.items()),
        choosers=CHOOSERS,
        named_sets=tuple(
            (name, tuple(reason.label for reason in rulebook.catalog_codes(name).values()))
            for name in rulebook.vocabulary.named_sets
        ),
        roles=tuple(rulebook.roles.roles.items()),
        permissions=tuple(rulebook.roles.permissions.items()),
    )


def _statuses(rulebook: Rulebook) -> Iterator[ShownStatus]:
    groups = rulebook.lifecycle.field_groups
    for code, status in rulebook.statuses.items():
        yield ShownStatus(
            code=code,
            status=status,
            mover=MOVERS[status.waits_for],
            editable=tuple(groups[name].label for name in status.editable if name in groups),
            clocks=tuple((name, rule) for name, rule in rulebook.clocks.items() if code in _while(rule)),
            actions=tuple(
                (name, one.label) for name, one in rulebook.transitions.items() if code in one.moves
            ),
        )


def _actions(rulebook: Rulebook) -> Iterator[ShownAction]:
    reasons = rulebook.reasons.rejection_reasons
    for code, transition in rulebook.transitions.items():
        path: Path = ("transitions", code)
        named = [
            (("guards", name, place), rule)
            for name in transition.guards
            for place, rule in enumerate(rulebook.lifecycle.guards[name])
        ]
        own = [((*path, "refuse", place), rule) for place, rule in enumerate(transition.refuse)]
        yield ShownAction(
            code=code,
            transition=transition,
            who=_who(rulebook, code, transition),
            moves=tuple(
                (_label(rulebook, start), _label(rulebook, end)) for start, end in transition.moves.items()
            ),
            asks=tuple(_ask(name, ask.label, ask.need) for name, ask in transition.asks.items()),
            rules=tuple(_rule(rulebook, LIFECYCLE, where, rule) for where, rule in [*named, *own]),
            requires=tuple((name, spoken(name), spoken(want)) for name, want in transition.requires.items()),
            reason=given.label if (given := reasons.get(transition.reason or "")) else "",
            place=_place(rulebook, LIFECYCLE, path),
        )


def _who(rulebook: Rulebook, code: str, transition: Transition) -> str:
    if transition.by == CUSTOMER:
        return "The customer, by the signed link in the e-mail to them"
    if transition.by == SYSTEM:
        ends = [rule.label for rule in rulebook.clocks.values() if rule.at_end == code]
        calls = [rulebook.transitions[name].label for name in transition.called_by]
        causes = [f"when the time for “{label}” ends" for label in ends]
        causes += [f"on another claim's “{label}”" for label in calls]
        return f"The portal itself, {listed(causes, 'or')}" if causes else "The portal itself"
    roles = [role.label for role in rulebook.roles.roles.values() if transition.by in role.may]
    return listed(roles, "or") if roles else "Nobody: no role holds the permission"


def _questions(rulebook: Rulebook) -> Iterator[ShownQuestion]:
    written: dict[str, list[ShownRule]] = {}
    for file, content in rulebook.parts.questions.items():
        for name, question in content.questions.items():
            written.setdefault(name, []).extend(
                _rule(rulebook, file, ("questions", name, "rules", place), rule)
                for place, rule in enumerate(question.rules)
            )
    for name, declared in rulebook.policy.questions.items():
        yield ShownQuestion(
            name, spoken(name), declared, spoken(declared.otherwise), tuple(written.get(name, ()))
        )


def _clocks(rulebook: Rulebook) -> Iterator[ShownClock]:
    for code, rule in rulebook.clocks.items():
        end = rulebook.transitions.get(rule.at_end) if rule.at_end != NOTHING else None
        waits = {rule.waits_for or rulebook.statuses[name].waits_for for name in _while(rule)}
        yield ShownClock(
            code=code,
            rule=rule,
            statuses=tuple(_label(rulebook, name) for name in _while(rule)),
            mover=listed(sorted(MOVERS[one] for one in waits), "or"),
            at_end=(rule.at_end, end.label) if end else None,
            place=_place(rulebook, DEADLINES, ("clocks", code)),
        )


def _events(rulebook: Rulebook) -> Iterator[ShownEvent]:
    for code, mails in rulebook.notifications.events.items():
        transition = rulebook.transitions.get(code)
        label = transition.label if transition else spoken(code)
        yield ShownEvent(label, tuple((RECIPIENTS[mail.to], mail) for mail in mails))


def _rule(rulebook: Rulebook, file: str, path: Path, rule: Rule) -> ShownRule:
    instead = rulebook.transitions.get(rule.instead or "")
    return ShownRule(
        code=rule.id,
        say=_spelled(rulebook, rule.say),
        condition=rule.when or rule.unless or "",
        negated=rule.when is None,
        source=rule.source or "",
        decided=rule.decided,
        place=_place(rulebook, file, path),
        for_each=rule.for_each or "",
        outcome=spoken(rule.outcome) if rule.outcome else "",
        instead=instead.label if instead else "",
    )


def _spelled(rulebook: Rulebook, text: str) -> str:
    """Return a rule's text with each placeholder as what will stand there, such as ‹the due date›."""

    def named(found: re.Match[str]) -> str:
        kind, _, short = found.group(1).partition(".")
        if kind == "value":
            return str(rulebook.vocabulary.values[short])
        return f"‹{rulebook.vocabulary.meaning(found.group(1))}›"

    return _PLACEHOLDER.sub(named, text)


def _ask(name: str, label: str | None, need: str) -> str:
    words = {"required": "required", "optional": "optional", "one_of": "one of these is required"}
    return f"{label or spoken(name)} ({words[need]})"


def _label(rulebook: Rulebook, code: str) -> str:
    return RESERVED.get(code) or rulebook.statuses[code].label


def _while(rule: ClockRule) -> Iterable[str]:
    return [rule.while_] if isinstance(rule.while_, str) else rule.while_


def _place(rulebook: Rulebook, file: str, path: Path) -> str:
    """Return `file:line` of what stands at `path` of the version's own files."""
    return f"{file}:{rulebook.line(file, path)}"
