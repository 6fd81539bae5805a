"""The names of deadlines.yaml and notifications.yaml: clocks, their ends, and who is told of what."""

from portal.rulebook import closed_names as closed
from portal.rulebook.documents import Path
from portal.rulebook.mail_names import PARTNER, names_of_mail
from portal.rulebook.models import ClockRule, Mail, Side
from portal.rulebook.notes import Notes
from portal.rulebook.parts import Parts
from portal.rulebook.quoted_numbers import quoted_numbers
from portal.rulebook.resolving_lifecycle import of_claim
from portal.rulebook.resolving_rules import BOTH_SIDES, RuleChecks
from portal.rulebook.vocabulary import Vocabulary
from portal.rulebook.wording import listed

_DUE_ON = "_due_on"


OTHER_SIDE = "other_side"  # in `to` of a mail: whoever did not act
CUSTOMER, CONSENT = "customer", "consent_request"  # `to` and `template` of mails to people without an account
TELLS_PARTNER = (PARTNER, OTHER_SIDE)  # those that a clock which `starts: told` may wait for
AT_ONCE = "at_once"


def statuses_of(clock: ClockRule) -> list[str]:
    """Return the statuses in which a clock runs."""
    return [clock.while_] if isinstance(clock.while_, str) else clock.while_


def check_deadlines(parts: Parts, vocabulary: Vocabulary, notes: Notes) -> None:
    """Check every name of deadlines.yaml into `notes`."""
    for name, clock in parts.deadlines.clocks.items():
        path: Path = ("clocks", name)
        file = "deadlines.yaml"
        for position, status in enumerate(statuses_of(clock)):
            place = (*path, "while") if isinstance(clock.while_, str) else (*path, "while", position)
            notes.unknown(file, place, "status", status, parts.lifecycle.statuses)
        if clock.if_ is not None:
            of_claim(notes, file, (*path, "if"), clock.if_, vocabulary)
        if clock.waits_unless is not None:
            of_claim(notes, file, (*path, "waits_unless"), clock.waits_unless, vocabulary)
            if clock.waits_for is None:
                sentence = "nobody is named whom it would not wait for: add `waits_for:`, or delete this"
                notes.problem(file, (*path, "waits_unless"), sentence)
        if name.endswith(_DUE_ON):
            notes.problem(
                file, path, f"a clock's name must not end in {_DUE_ON}, which is its due date", key=True
            )
        _check_end(parts, notes, path, clock)
        _check_length(notes, path, clock)
        _check_reminders(parts, notes, path, clock)


def _check_end(parts: Parts, notes: Notes, path: Path, clock: ClockRule) -> None:
    file, transitions, place = "deadlines.yaml", parts.lifecycle.transitions, (*path, "at_end")
    if clock.at_end == closed.NOTHING:
        if clock.reason is None:
            notes.problem(file, place, "a clock whose end does nothing must say why: add `reason:`")
        return
    notes.unknown(file, place, "transition", clock.at_end, [*transitions, closed.NOTHING])
    end = transitions.get(clock.at_end)
    if end is None:
        return
    if end.by != closed.SYSTEM:
        notes.problem(
            file, place, f"{clock.at_end} is done by {end.by}: name a transition that is `by: system`"
        )
    elif end.refuse or end.guards or end.requires:
        sentence = (
            f"{clock.at_end} can be refused, so that the clock would end without a consequence: take out its "
            "`refuse:`, `guards:` and `requires:`, or say with `if:` when the clock runs"
        )
        notes.problem(file, place, sentence)
    known = parts.lifecycle.statuses
    missed = [status for status in statuses_of(clock) if status in known and status not in end.moves]
    if missed:
        places = listed([f'"{status}"' for status in missed])
        sentence = f"the clock runs in {places}, where {clock.at_end} cannot happen: add it to `moves`"
        notes.problem(file, place, sentence)


def _check_length(notes: Notes, path: Path, clock: ClockRule) -> None:
    length = int(clock.length.split()[0])
    numbers = quoted_numbers(clock.source or "")
    if numbers and length not in numbers and not clock.decided:
        said = listed([str(number) for number in sorted(numbers)])
        sentence = (
            f"the source says {said}, but the clock {length}: correct one of them, or write `decided: true`"
        )
        notes.problem("deadlines.yaml", (*path, "length"), sentence)


def _check_reminders(parts: Parts, notes: Notes, path: Path, clock: ClockRule) -> None:
    length = int(clock.length.split()[0])
    for position, days in enumerate(clock.remind):
        sentence = ""
        if days < 1:
            sentence = f"{days} is no number of business days before the end: write 1 or more"
        elif days >= length:
            sentence = (
                f"{days} business days before the end is not within the clock's {clock.length}: write less"
            )
        elif days in clock.remind[:position]:
            sentence = f"{days} stands twice, and nobody is reminded twice of one day: take one out"
        if sentence:
            notes.problem("deadlines.yaml", (*path, "remind", position), sentence)
    events, event = parts.notifications.events, f"{closed.REMIND}{path[-1]}"
    reminders = {name.removeprefix(closed.REMIND) for name in events if name.startswith(closed.REMIND)}
    misspelled = reminders - parts.deadlines.clocks.keys()  # told at the event itself
    if clock.remind and not events.get(event) and not misspelled:
        sentence = f"nobody is told: add the mail as `{event}:` in notifications.yaml, or take this out"
        notes.problem("deadlines.yaml", (*path, "remind"), sentence)


def check_notifications(parts: Parts, vocabulary: Vocabulary, notes: Notes) -> None:
    """Check every name of notifications.yaml into `notes`."""
    file = "notifications.yaml"
    clocks = parts.deadlines.clocks
    known = [*parts.lifecycle.transitions, *(f"{closed.REMIND}{name}" for name in clocks)]
    checks = RuleChecks(parts, vocabulary, notes)
    for event, mails in parts.notifications.events.items():
        notes.unknown(file, ("events", event), "transition or reminder", event, known, key=True)
        reminded_of = (
            clocks.get(event.removeprefix(closed.REMIND)) if event.startswith(closed.REMIND) else None
        )
        if reminded_of is not None and not reminded_of.remind:
            sentence = "never sent: say when with `remind:` of the clock in deadlines.yaml, or take this out"
            notes.problem(file, ("events", event), sentence, key=True)
        for position, mail in enumerate(mails):
            path: Path = ("events", event, position)
            if reminded_of is not None and mail.to == OTHER_SIDE:
                sentence = "nobody acts when a reminder is sent, so there is no other side: name whom to tell"
                notes.problem(file, (*path, "to"), sentence)
            if mail.when is not None:
                of_claim(notes, file, (*path, "when"), mail.when, vocabulary)
            _check_ways(parts, notes, event, position, mail)
            for place, permission in enumerate(mail.also):
                declared = parts.roles.permissions
                notes.unknown(file, (*path, "also", place), "permission", permission, declared)
            if mail.also and mail.to != PARTNER:
                sentence = "only of the partner's people are some told besides its contacts: delete it"
                notes.problem(file, (*path, "also"), sentence, key=True)
            for key in ("subject", "lead", "next"):
                names = names_of_mail(parts, event, mail)
                checks.text(file, (*path, key), getattr(mail, key), "claim", _readers(mail), names)


def _check_ways(parts: Parts, notes: Notes, event: str, position: int, mail: Mail) -> None:
    ways, sentence = mail.may_be, ""
    path: Path = ("events", event, position, "may_be")
    if AT_ONCE not in ways or len(set(ways)) < len(ways):
        sentence = "name `at_once`, which holds for whoever chose nothing, and every other way once"
    elif ways == [AT_ONCE]:
        return
    elif mail.to == CUSTOMER or mail.template == CONSENT:
        sentence = "a customer is asked at once, and has no account to choose in: take this out"
    elif mail.to in TELLS_PARTNER and (clock := _starts_when_told(parts, event)):
        sentence = f"the clock {clock} starts when this mail was sent, so it goes out at once: take this out"
    if sentence:
        notes.problem("notifications.yaml", path, sentence)


def _starts_when_told(parts: Parts, event: str) -> str:
    """Return the first clock that may begin with `event` and starts when its mail was sent, "" for none."""
    transition = parts.lifecycle.transitions.get(event)
    moves = transition.moves.items() if transition else ()
    entered = {target for source, target in moves if target != source}
    found = (name for name, clock in parts.deadlines.clocks.items() if clock.starts == "told")
    return next((name for name in found if entered & set(statuses_of(parts.deadlines.clocks[name]))), "")


def _readers(mail: Mail) -> frozenset[Side]:
    if mail.to in ("partner", "customer"):
        return frozenset(("partner",))
    return BOTH_SIDES if mail.to == OTHER_SIDE else frozenset(("operator",))
