"""Every name of every rule file held against what it must name: the checks, in the order of the files."""

from zoneinfo import ZoneInfo, available_timezones

from portal.calendars.days import UnknownCalendar, named_calendar
from portal.rulebook import closed_names as closed
from portal.rulebook.documents import Path
from portal.rulebook.notes import Notes
from portal.rulebook.parts import Parts, attributes_of
from portal.rulebook.resolving_deadlines import check_deadlines, check_notifications
from portal.rulebook.resolving_examples import check_examples
from portal.rulebook.resolving_lifecycle import check_lifecycle
from portal.rulebook.resolving_questions import check_questions
from portal.rulebook.resolving_reasons import check_reasons
from portal.rulebook.translations import check_translations
from portal.rulebook.vocabulary import Vocabulary

_GENERATED = (closed.STATUS, closed.ROLES, closed.KIND)
_NEEDED = {"int": "unit", "choice": "of", "set": "of", "money": "currency"}  # fact type → what it must say


def resolve(parts: Parts, notes: Notes) -> Vocabulary:
    """Check every name of `parts` into `notes`, and return the vocabulary they make together."""
    vocabulary = Vocabulary(parts)
    _check_policy(parts, notes)
    _check_roles(parts, notes)
    _check_programs(parts, notes)
    check_reasons(parts, notes)
    _check_facts(parts, notes)
    _check_values(parts, notes)
    _check_sets_and_conditions(parts, vocabulary, notes)
    check_lifecycle(parts, vocabulary, notes)
    check_deadlines(parts, vocabulary, notes)
    check_questions(parts, vocabulary, notes)
    check_notifications(parts, vocabulary, notes)
    check_examples(parts, vocabulary, notes)
    check_translations(parts, notes)
    return vocabulary


def _check_policy(parts: Parts, notes: Notes) -> None:
    file, policy = "policy.yaml", parts.policy
    try:
        ZoneInfo(policy.time_zone)
    except (OSError, ValueError, KeyError):
        notes.unknown(file, ("time_zone",), "time zone", policy.time_zone, available_timezones())
    try:
        named_calendar(policy.calendar)
    except UnknownCalendar as unknown:
        notes.problem(file, ("calendar",), str(unknown))
    for name, question in policy.questions.items():
        path: Path = ("questions", name)
        notes.unknown(file, (*path, "otherwise"), "outcome", question.otherwise, question.outcomes)
        if question.wanted is not None:
            notes.unknown(file, (*path, "wanted"), "outcome", question.wanted, question.outcomes)
        if len(set(question.outcomes)) < max(2, len(question.outcomes)):
            notes.problem(
                file,
                (*path, "outcomes"),
                "a question needs two or more outcomes that differ, or there is nothing to decide",
            )
        if name in parts.lifecycle.transitions:
            notes.problem(
                file,
                path,
                "a transition has the same name: give the question another, for both are asked by name",
            )


def _check_roles(parts: Parts, notes: Notes) -> None:
    for name, role in parts.roles.roles.items():
        for position, permission in enumerate(role.may):
            place = ("roles", name, "may", position)
            notes.unknown("roles.yaml", place, "permission", permission, parts.roles.permissions)
        for position, other in enumerate(role.never_with):
            notes.unknown(
                "roles.yaml", ("roles", name, "never_with", position), "role", other, parts.roles.roles
            )
            if other == name:
                notes.problem(
                    "roles.yaml",
                    ("roles", name, "never_with", position),
                    "nobody could hold this role: name others, which nobody holds beside it",
                )


def _check_programs(parts: Parts, notes: Notes) -> None:
    file, programs = "programs.yaml", parts.programs
    areas = programs.solution_areas
    for code, activity in programs.activities.items():
        path: Path = ("activities", code)
        notes.unknown(file, (*path, "solution_area"), "solution area", activity.solution_area, areas)
        notes.unknown(file, (*path, "engagement"), "engagement", activity.engagement, programs.engagements)
    for code, product in programs.products.items():
        path = ("products", code, "solution_area")
        notes.unknown(file, path, "solution area", product.solution_area, areas)
    for code, element in programs.poe_elements.items():
        for position, named in enumerate(element.activities):
            path = ("poe_elements", code, "activities", position)
            notes.unknown(file, path, "activity", named, programs.activities)


def _check_facts(parts: Parts, notes: Notes) -> None:
    file = "vocabulary.yaml"
    for name, fact in parts.vocabulary.facts.items():
        path = ("facts", name)
        if name.partition(".")[0] in closed.GENERATED_PREFIXES or name in _GENERATED:
            sentence = "this fact follows from the other files and must not be declared: delete it"
            notes.problem(file, path, sentence, key=True)
        if fact.group is not None:
            notes.unknown(file, (*path, "group"), "field group", fact.group, parts.lifecycle.field_groups)
        if isinstance(fact.of, str):
            notes.unknown(file, (*path, "of"), "catalog", fact.of, parts.catalogs)
        elif fact.of is not None and len(set(fact.of)) != len(fact.of):
            notes.problem(file, (*path, "of"), "a code stands twice in the list: delete one")
        for key in ("unit", "currency", "range", "of"):
            given = getattr(fact, key) is not None
            if _NEEDED.get(fact.type) == key and not given:
                sentence = f"a fact of type {fact.type} needs `{key}:`, which says what is counted or listed"
                notes.problem(file, path, sentence)
            elif given and key != _NEEDED.get(fact.type) and (fact.type, key) != ("int", "range"):
                sentence = f"a fact of type {fact.type} has no {key}: delete it"
                notes.problem(file, (*path, key), sentence, key=True)
        if fact.range is not None and fact.range[0] > fact.range[1]:
            notes.problem(file, (*path, "range"), "the range begins above its end: turn it round")


def _check_values(parts: Parts, notes: Notes) -> None:
    for name in closed.NUMBERS:
        value = parts.vocabulary.values.get(name, 0)
        if isinstance(value, str) or value < 0:
            sentence = "the portal itself counts with this value: write a whole number, 0 or more"
            notes.problem("vocabulary.yaml", ("values", name), sentence)


def _check_sets_and_conditions(parts: Parts, vocabulary: Vocabulary, notes: Notes) -> None:
    file, written = "vocabulary.yaml", parts.vocabulary
    path: Path
    for name, named in written.sets.items():
        notes.unknown(file, ("sets", name, "from"), "catalog", named.from_, parts.catalogs)
        entries = list(parts.catalogs.get(named.from_, {}).values())
        if entries:
            known = attributes_of(entries[0])
            notes.unknown(file, ("sets", name, "where"), f"attribute of {named.from_}", named.where, known)
    for name in written.defined:
        path = ("defined", name)
        if name in vocabulary.facts:
            notes.problem(
                file, path, "a fact has the same name: give the defined condition another", key=True
            )
        if name in vocabulary.misdefined:
            error, text = vocabulary.misdefined[name], written.defined[name].when
            notes.misunderstood(file, (*path, "when"), text, error)
    ids = [axiom.id for axiom in written.always]
    for position, axiom in enumerate(written.always):
        notes.condition(file, ("always", position, "when"), axiom.when, vocabulary)
        if axiom.id in ids[:position]:
            notes.problem(
                file, ("always", position, "id"), f"the id {axiom.id} stands twice: give one another"
            )
