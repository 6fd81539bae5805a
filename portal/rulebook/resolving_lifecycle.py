"""The names of lifecycle.yaml and reasons.yaml: statuses, field groups, guards and transitions."""

from collections.abc import Iterable, Iterator

from portal.rulebook import closed_names as closed
from portal.rulebook.documents import Path
from portal.rulebook.models import Ask, Rule, SecondReviews, Side, Transition
from portal.rulebook.notes import Notes
from portal.rulebook.parts import Parts
from portal.rulebook.resolving_rules import BOTH_SIDES, RuleChecks, Setting
from portal.rulebook.vocabulary import Vocabulary
from portal.rulebook.wording import listed

FILE = "lifecycle.yaml"


def check_lifecycle(parts: Parts, vocabulary: Vocabulary, notes: Notes) -> None:
    """Check every name of lifecycle.yaml into `notes`."""
    checks = RuleChecks(parts, vocabulary, notes)
    _check_statuses(parts, vocabulary, notes)
    for name, transition in parts.lifecycle.transitions.items():
        _check_transition(parts, notes, name, transition)
        _check_asks(parts, notes, name, transition)
        path = ("transitions", name)
        setting = Setting(frozenset(transition.asks), readers=readers(parts, transition))
        for position, rule in enumerate(transition.refuse):
            checks.rule(FILE, (*path, "refuse", position), rule, setting)
        checks.no_outcome(FILE, transition.refuse, (*path, "refuse"))
        checks.unique(rules_of(parts, transition, name), f'transition "{name}"', transition.asks)
    for name, rules in parts.lifecycle.guards.items():
        users = [one for one in parts.lifecycle.transitions.values() if name in one.guards]
        settings = {Setting(frozenset(user.asks), readers=readers(parts, user)) for user in users}
        for position, rule in enumerate(rules):
            for setting in settings or {Setting()}:
                checks.rule(FILE, ("guards", name, position), rule, setting)
        checks.no_outcome(FILE, rules, ("guards", name))
    _check_addresses(parts, notes)
    if parts.lifecycle.second_reviews is not None:
        _check_second_reviews(parts, notes, parts.lifecycle.second_reviews)


def rules_of(parts: Parts, transition: Transition, name: str) -> Iterator[tuple[str, Path, Rule]]:
    """Yield the rules of a transition with their place: those of its guards, then its own."""
    for guard in transition.guards:
        for position, rule in enumerate(parts.lifecycle.guards.get(guard, [])):
            yield FILE, ("guards", guard, position), rule
    for position, rule in enumerate(transition.refuse):
        yield FILE, ("transitions", name, "refuse", position), rule


def readers(parts: Parts, transition: Transition) -> frozenset[Side]:
    """Return the sides that read why a transition is refused; a customer sees what a partner may see."""
    if transition.by == closed.CUSTOMER:
        return frozenset(("partner",))
    if transition.by == closed.SYSTEM:
        return frozenset(("operator",))
    sides = {role.side for role in parts.roles.roles.values() if transition.by in role.may}
    return frozenset(sides) or BOTH_SIDES


def _check_statuses(parts: Parts, vocabulary: Vocabulary, notes: Notes) -> None:
    lifecycle = parts.lifecycle
    notes.unknown(FILE, ("first",), "status", lifecycle.first, lifecycle.statuses)
    for name, group in lifecycle.field_groups.items():
        for position, field in enumerate(group.fields):
            notes.unknown(FILE, ("field_groups", name, "fields", position), "field", field, closed.FIELDS)
    for name, status in lifecycle.statuses.items():
        path = ("statuses", name)
        if name in (closed.NEW, closed.GONE):
            sentence = f"{name} is a reserved word of `moves` and no status: choose another name"
            notes.problem(FILE, path, sentence, key=True)
        for position, group_name in enumerate(status.editable):
            place = (*path, "editable", position)
            notes.unknown(FILE, place, "field group", group_name, lifecycle.field_groups)
        for position, kept in enumerate(status.keeps):
            notes.unknown(FILE, (*path, "keeps", position), "thing to keep", kept, closed.KEPT)
        if status.closed_when is not None:
            of_claim(notes, FILE, (*path, "closed_when"), status.closed_when, vocabulary)


def of_claim(notes: Notes, file: str, path: Path, text: str, vocabulary: Vocabulary) -> None:
    """Check a condition that is decided for the claim as a whole."""
    condition = notes.condition(file, path, text, vocabulary)
    if condition is not None and condition.scope != "claim":
        notes.problem(
            file, path, f"this is decided for the whole claim and cannot ask for each {condition.scope}"
        )


def _check_transition(parts: Parts, notes: Notes, name: str, transition: Transition) -> None:
    path: Path = ("transitions", name)
    lifecycle = parts.lifecycle
    for status, target in transition.moves.items():
        place = (*path, "moves", status)
        notes.unknown(FILE, place, "status", status, [*lifecycle.statuses, closed.NEW], key=True)
        notes.unknown(FILE, place, "status", target, [*lifecycle.statuses, closed.GONE])
    if not transition.moves:
        notes.problem(
            FILE, (*path, "moves"), "no status is named, so it could never happen: name at least one"
        )
    if transition.by not in (closed.SYSTEM, closed.CUSTOMER):
        known = [*parts.roles.permissions, closed.SYSTEM, closed.CUSTOMER]
        notes.unknown(FILE, (*path, "by"), "permission", transition.by, known)
    if not transition.path and transition.by != closed.SYSTEM:
        notes.problem(
            FILE, path, "a person could not reach it: add `path:` with its address, or `by: system`"
        )
    if transition.done is not None and transition.by in (closed.SYSTEM, closed.CUSTOMER):
        sentence = (
            f"it is told to the person of a role who did it, and this is done by {transition.by}: delete it"
        )
        notes.problem(FILE, (*path, "done"), sentence)
    _check_lists(parts, notes, path, transition)
    for question, outcome in transition.requires.items():
        place = (*path, "requires", question)
        notes.unknown(FILE, place, "question", question, parts.policy.questions, key=True)
        if question in parts.policy.questions:
            notes.unknown(FILE, place, "outcome", outcome, parts.policy.questions[question].outcomes)
    if transition.reason is not None:
        _check_reason(parts, notes, (*path, "reason"), transition.reason)


def _check_lists(parts: Parts, notes: Notes, path: Path, transition: Transition) -> None:
    lists: dict[str, tuple[str, list[str], Iterable[str]]] = {
        "called_by": ("transition", transition.called_by, parts.lifecycle.transitions),
        "guards": ("guard", transition.guards, parts.lifecycle.guards),
        "effects": ("effect", transition.effects, closed.VERBS),
        "follows": ("import", transition.follows, closed.FOLLOWED),
    }
    if transition.follows and transition.by != closed.SYSTEM:
        sentence = "only the portal itself follows an import: write `by: system`"
        notes.problem(FILE, (*path, "follows"), sentence)
    for key, (kind, named, known_names) in lists.items():
        for position, one in enumerate(named):
            notes.unknown(FILE, (*path, key, position), kind, one, known_names)
            if one in named[:position]:
                notes.problem(FILE, (*path, key, position), f"{one} stands twice in the list: delete one")


def _check_reason(parts: Parts, notes: Notes, path: Path, reason: str) -> None:
    reasons = parts.reasons.rejection_reasons
    notes.unknown(FILE, path, "rejection reason", reason, reasons)
    if reason in reasons and reasons[reason].chosen_by == "reviewer":
        notes.problem(
            FILE,
            path,
            f"{reason} is chosen by reviewers; a transition gives one that is `chosen_by: transition`",
        )


def _check_asks(parts: Parts, notes: Notes, name: str, transition: Transition) -> None:
    path: Path = ("transitions", name, "asks")
    for ask_name, ask in transition.asks.items():
        _check_of(parts, notes, (*path, ask_name), ask)
    alternatives = [ask for ask in transition.asks.values() if ask.need == "one_of"]
    if len(alternatives) == 1:
        notes.problem(FILE, path, "only one ask is `one_of`: write `required`, or give it an alternative")


def _check_of(parts: Parts, notes: Notes, path: Path, ask: Ask) -> None:
    if ask.type == "codes":
        reasons = [*parts.reason_catalogs, *parts.vocabulary.sets]
        if ask.of is None:
            notes.problem(FILE, path, "codes need `of:`, the catalog they are chosen from")
        else:
            notes.unknown(FILE, (*path, "of"), "catalog or set of reasons", ask.of, reasons)
            named = parts.vocabulary.sets.get(ask.of)
            if (
                named is not None
                and named.from_ in parts.catalogs
                and named.from_ not in parts.reason_catalogs
            ):
                notes.problem(FILE, (*path, "of"), f"{ask.of} holds no reasons: name another catalog")
    elif ask.type == "person":
        if ask.of is None:
            notes.problem(FILE, path, "a person needs `of:`, the permission that the person must have")
        else:
            notes.unknown(FILE, (*path, "of"), "permission", ask.of, parts.roles.permissions)
    elif ask.of is not None:
        sentence = f"only codes and a person are `of` something, {ask.type} is not: delete it"
        notes.problem(FILE, (*path, "of"), sentence)


def _check_second_reviews(parts: Parts, notes: Notes, second: SecondReviews) -> None:
    transitions, seen = parts.lifecycle.transitions, list[str]()
    for key, named in (("of", second.of), ("besides", second.besides)):
        for position, one in enumerate(named):
            place: Path = ("second_reviews", key, position)
            notes.unknown(FILE, place, "transition", one, transitions)
            if one in seen:
                notes.problem(FILE, place, f"{one} stands twice: delete one")
            seen.append(one)
            if one in transitions and readers(parts, transitions[one]) != {"operator"}:
                notes.problem(FILE, place, f"{one} is not done by people of the operator alone: delete it")
            elif one in transitions and transitions[one].by == closed.SYSTEM:
                notes.problem(FILE, place, f"{one} is done by the portal itself: delete it")


def _check_addresses(parts: Parts, notes: Notes) -> None:
    """Transitions may share an address only where the form's fields tell them apart."""
    at_address: dict[str, list[str]] = {}
    for name, transition in parts.lifecycle.transitions.items():
        for position, address in enumerate(transition.path):
            others = at_address.setdefault(address, [])
            all_ = parts.lifecycle.transitions
            same = [other for other in others if not _told_apart(transition, all_[other])]
            if same:
                sentence = (
                    f"{address} is the address of {listed(same)} too: give it another, "
                    "or let `chosen_by` of both name one form field with different values"
                )
                notes.problem(FILE, ("transitions", name, "path", position), sentence)
            others.append(name)


def _told_apart(one: Transition, other: Transition) -> bool:
    return any(
        field in other.chosen_by and other.chosen_by[field] != value for field, value in one.chosen_by.items()
    )
