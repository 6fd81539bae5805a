"""A policy as a reader sees it: every rule with its condition, its clause and its line."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from portal.languages.sentences import gettext, lazy_gettext
from portal.rulebook.closed_names import CUSTOMER, GONE, NEW, NOTHING, REMIND, SYSTEM
from portal.rulebook.documents import Path
from portal.rulebook.models import ClockRule, Mail, Rule, Side, Status, Transition
from portal.rulebook.rulebook import Rulebook
from portal.rulebook.templates import spelled
from portal.rulebook.wording import listed
from portal.rulebook.wording import spoken as spoken_code
from portal.workbench.conditions import ConditionsInWords
from portal.workbench.shown import (
    PolicyPage,
    ShownAction,
    ShownClock,
    ShownEvent,
    ShownMail,
    ShownQuestion,
    ShownRule,
    ShownStatus,
    second_reviews_of,
)

LIFECYCLE, DEADLINES, NOTIFICATIONS = "lifecycle.yaml", "deadlines.yaml", "notifications.yaml"
# What the reserved words of `moves` are called where a status stands.
RESERVED: Mapping[str, str] = {NEW: lazy_gettext("(not created yet)"), GONE: lazy_gettext("(deleted)")}
MOVERS: Mapping[str, str] = {
    "partner": lazy_gettext("Partner"),
    "operator": lazy_gettext("Review team"),
    "customer": lazy_gettext("Customer"),
    "nobody": lazy_gettext("Nobody"),
}
OTHERWISE: Mapping[str, str] = {
    "partner": lazy_gettext("otherwise partner"),
    "operator": lazy_gettext("otherwise review team"),
    "customer": lazy_gettext("otherwise customer"),
    "nobody": lazy_gettext("otherwise nobody"),
}
RECIPIENTS: Mapping[str, str] = {
    "partner": lazy_gettext("Partner"),
    "reviewer": lazy_gettext("Reviewer of the claim"),
    "reviewers": lazy_gettext("All reviewers"),
    "customer": lazy_gettext("Customer contact"),
    "operator_admins": lazy_gettext("Operator admins"),
    "other_side": lazy_gettext("Whichever side did not act"),
}
CATALOGS: Mapping[str, str] = {
    "information_reasons": lazy_gettext("Why more information is needed"),
    "rejection_reasons": lazy_gettext("Why a claim is rejected"),
    "partner_request_reasons": lazy_gettext("Why a partner asks for a rejection"),
}
CHOOSERS: Mapping[str, str] = {
    "reviewer": lazy_gettext("A reviewer chooses it"),
    "partner": lazy_gettext("The partner chooses it"),
    "transition": lazy_gettext("An action gives it"),
}
# stays English: abbreviations that a code cannot write as people do.
ABBREVIATIONS: Mapping[str, str] = {"Poe": "PoE", "poe": "PoE"}


def policy_page(rulebook: Rulebook, since: datetime | None, side: Side = "operator") -> PolicyPage:
    """Return the page of `rulebook`, in force since `since` (aware), or never where it is None.

    `side` is that of its reader: partners are told of no decision that is judged twice.
    """
    reasons, conditions = rulebook.reasons, ConditionsInWords(rulebook)
    return PolicyPage(
        rulebook=rulebook,
        since=since,
        statuses=tuple(_statuses(rulebook, conditions)),
        actions=tuple(_actions(rulebook, conditions)),
        questions=tuple(_questions(rulebook, conditions)),
        clocks=tuple(_clocks(rulebook, conditions)),
        events=tuple(_events(rulebook, conditions)),
        catalogs=tuple((name, str(label), getattr(reasons, name)) for name, label in CATALOGS.items()),
        choosers=CHOOSERS,
        named_sets=tuple(
            (name, tuple(reason.label for reason in rulebook.catalog_codes(name).values()))
            for name in rulebook.vocabulary.named_sets
        ),
        roles=tuple(rulebook.roles.roles.items()),
        permissions=tuple(row for row in rulebook.roles.permissions.items() if side in row[1].seen_by),
        second_reviews=second_reviews_of(rulebook, side),
        defined=tuple(
            (name, one.means, one.when, conditions.of_defined(one.when))
            for name, one in rulebook.vocabulary.defined.items()
        ),
    )


def _statuses(rulebook: Rulebook, conditions: ConditionsInWords) -> Iterator[ShownStatus]:
    groups = rulebook.lifecycle.field_groups
    for code, status in rulebook.statuses.items():
        yield ShownStatus(
            code=code,
            status=status,
            mover=_mover(rulebook, code, status),
            editable=tuple(groups[name].label for name in status.editable if name in groups),
            clocks=tuple((name, rule) for name, rule in rulebook.clocks.items() if code in _while(rule)),
            actions=tuple(
                (name, one.label) for name, one in rulebook.transitions.items() if code in one.moves
            ),
            closed_when=conditions.of_text(status.closed_when),
        )


def _mover(rulebook: Rulebook, code: str, status: Status) -> str:
    """Say whose move it is in a status: a running clock overrides what the status says."""
    running = [
        gettext("%(who)s while “%(deadline)s” runs", who=MOVERS[rule.waits_for], deadline=rule.label)
        for rule in rulebook.clocks.values()
        if code in _while(rule) and rule.waits_for not in (None, status.waits_for)
    ]
    if not running:
        return str(MOVERS[status.waits_for])
    return f"{', '.join(running)}; {OTHERWISE[status.waits_for]}"


def _actions(rulebook: Rulebook, conditions: ConditionsInWords) -> Iterator[ShownAction]:
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
            asks=tuple(_ask(transition, name) for name in transition.asks),
            rules=tuple(
                _rule(rulebook, conditions, LIFECYCLE, where, rule, asks=transition.asked_labels)
                for where, rule in [*named, *own]
            ),
            requires=tuple(
                (name, _question(rulebook, name), rulebook.policy.questions[name].called(want))
                for name, want in transition.requires.items()
            ),
            reason=given.label if (given := reasons.get(transition.reason or "")) else "",
            place=_place(rulebook, LIFECYCLE, path),
        )


def _who(rulebook: Rulebook, code: str, transition: Transition) -> str:
    if transition.by == CUSTOMER:
        return gettext("The customer, by the signed link in the e-mail to them")
    if transition.by == SYSTEM:
        ends = [rule.label for rule in rulebook.clocks.values() if rule.at_end == code]
        calls = [rulebook.transitions[name].label for name in transition.called_by]
        causes = [gettext("when the deadline “%(deadline)s” ends", deadline=label) for label in ends]
        causes += [gettext("when another claim is given “%(action)s”", action=label) for label in calls]
        if not causes:
            return gettext("The portal itself")
        return gettext("The portal itself, %(causes)s", causes=listed(causes, gettext("or")))
    roles = [role.label for role in rulebook.roles.roles.values() if transition.by in role.may]
    return listed(roles, gettext("or")) if roles else gettext("Nobody: no role holds the permission")


def _questions(rulebook: Rulebook, conditions: ConditionsInWords) -> Iterator[ShownQuestion]:
    written: dict[str, list[ShownRule]] = {}
    for file, content in rulebook.parts.questions.items():
        for name, question in content.questions.items():
            written.setdefault(name, []).extend(
                _rule(
                    rulebook,
                    conditions,
                    file,
                    ("questions", name, "rules", place),
                    rule,
                    outcome=rulebook.policy.questions[name].called(rule.outcome or ""),
                )
                for place, rule in enumerate(question.rules)
            )
    for name, declared in rulebook.policy.questions.items():
        otherwise = declared.called(declared.otherwise)
        # Where the first rule that applies decides, the rules stand in the order in which they are asked.
        rules = sorted(
            written.get(name, ()), key=lambda rule: rule.rank if declared.combine == "first" else 0
        )
        yield ShownQuestion(name, _question(rulebook, name), declared, otherwise, tuple(rules))


def _clocks(rulebook: Rulebook, conditions: ConditionsInWords) -> Iterator[ShownClock]:
    for code, rule in rulebook.clocks.items():
        end = rulebook.transitions.get(rule.at_end) if rule.at_end != NOTHING else None
        waits = {rule.waits_for or rulebook.statuses[name].waits_for for name in _while(rule)}
        yield ShownClock(
            code=code,
            rule=rule,
            statuses=tuple(_label(rulebook, name) for name in _while(rule)),
            mover=listed(sorted(str(MOVERS[one]) for one in waits), gettext("or")),
            at_end=(rule.at_end, end.label) if end else None,
            only_if=conditions.of_text(rule.if_),
            waits_unless=conditions.of_text(rule.waits_unless),
            place=_place(rulebook, DEADLINES, ("clocks", code)),
        )


def _events(rulebook: Rulebook, conditions: ConditionsInWords) -> Iterator[ShownEvent]:
    for code, mails in rulebook.notifications.events.items():
        transition = rulebook.transitions.get(code)
        clock = rulebook.clocks.get(code.removeprefix(REMIND))
        reminder = gettext("Reminder: %(deadline)s", deadline=clock.label) if clock else spoken(code)
        yield ShownEvent(
            transition.label if transition else reminder,
            tuple(
                ShownMail(
                    _recipient(rulebook, mail),
                    mail.may_be,
                    spelled(mail.subject, rulebook.vocabulary),
                    spelled(mail.lead, rulebook.vocabulary),
                    spelled(mail.next, rulebook.vocabulary),
                    conditions.of_text(mail.when),
                )
                for mail in mails
            ),
        )


def _recipient(rulebook: Rulebook, mail: Mail) -> str:
    also = {role for permission in mail.also for role in rulebook.roles_with(permission)}
    if not also:
        return str(RECIPIENTS[mail.to])
    roles = [role.label for code, role in rulebook.roles.roles.items() if code in also]
    return gettext(
        "%(recipient)s, and there every %(roles)s who may see the claim",
        recipient=RECIPIENTS[mail.to],
        roles=listed(roles, gettext("and")),
    )


def _rule(
    rulebook: Rulebook,
    conditions: ConditionsInWords,
    file: str,
    path: Path,
    rule: Rule,
    *,
    asks: Mapping[str, str] | None = None,
    outcome: str = "",
) -> ShownRule:
    """Return a rule in words; `asks` are the labels of a form, `outcome` what its answer is called."""
    instead = rulebook.transitions.get(rule.instead or "")
    return ShownRule(
        code=rule.id,
        say=spelled(rule.say, rulebook.vocabulary),
        words=conditions.of_rule(file, path, asks or {}),
        condition=rule.when or rule.unless or "",
        negated=rule.when is None,
        source=rule.source or "",
        decided=rule.decided,
        place=_place(rulebook, file, path),
        for_each=rule.for_each or "",
        outcome=outcome,
        rank=rule.rank or 0,
        instead=instead.label if instead else "",
    )


def spoken(code: str) -> str:
    """Return a code in words: `poe_check` → `PoE check`."""
    return " ".join(ABBREVIATIONS.get(word, word) for word in spoken_code(code).split())


def _question(rulebook: Rulebook, name: str) -> str:
    return rulebook.policy.questions[name].label or spoken(name)


def _ask(transition: Transition, name: str) -> str:
    ask = transition.asks[name]
    label = ask.label or (gettext("Everything that can be edited") if ask.type == "fields" else spoken(name))
    words = {
        "required": gettext("required"),
        "optional": gettext("optional"),
        "one_of": gettext("one of these is required"),
    }
    return f"{label} ({words[ask.need]})"


def _label(rulebook: Rulebook, code: str) -> str:
    return str(RESERVED[code]) if code in RESERVED else rulebook.statuses[code].label


def _while(rule: ClockRule) -> Iterable[str]:
    return [rule.while_] if isinstance(rule.while_, str) else rule.while_


def _place(rulebook: Rulebook, file: str, path: Path) -> str:
    """Return `file:line` of what stands at `path` of the version's own files."""
    return f"{file}:{rulebook.line(file, path)}"
