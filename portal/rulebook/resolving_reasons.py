"""Every name of reasons.yaml held against what it must name."""

from portal.rulebook import closed_names as closed
from portal.rulebook.documents import Path
from portal.rulebook.models import CatalogReason
from portal.rulebook.notes import Notes
from portal.rulebook.parts import Parts
from portal.rulebook.problems import closest
from portal.rulebook.templates import placeholders, stray_brace

FILE = "reasons.yaml"
ASKED = "information_reasons"  # the catalog whose reasons a partner answers by changing the claim


def check_reasons(parts: Parts, notes: Notes) -> None:
    """Check what the reasons suggest, and where they are answered, into `notes`."""
    for catalog, reasons in parts.reason_catalogs.items():
        for code, reason in reasons.items():
            path: Path = (catalog, code)
            _check_suggestions(notes, path, reason)
            _check_answered_in(parts, notes, path, reason)


def _check_suggestions(notes: Notes, path: Path, reason: CatalogReason) -> None:
    if reason.suggest and reason.chosen_by == "partner":
        sentence = "a partner chooses this reason, and only reviewers are suggested what to write: delete it"
        notes.problem(FILE, (*path, "suggest"), sentence)
    for position, text in enumerate(reason.suggest):
        place = (*path, "suggest", position)
        stray = stray_brace(text)
        if stray is not None:
            sentence = "a brace without its other half: write {customer.name}, or no brace"
            notes.text(FILE, place, text, stray, sentence, None)
        for name, index in placeholders(text):
            if name not in closed.SUGGESTION_NAMES:
                meant = closest(name, closed.SUGGESTION_NAMES)
                notes.text(FILE, place, text, index, f"a suggestion cannot name {{{name}}}", meant)


def _check_answered_in(parts: Parts, notes: Notes, path: Path, reason: CatalogReason) -> None:
    place = (*path, "answered_in")
    if reason.answered_in and path[0] != ASKED:
        notes.problem(FILE, place, "only information reasons are answered by changing the claim: delete it")
    for position, group in enumerate(reason.answered_in):
        groups = parts.lifecycle.field_groups
        notes.unknown(FILE, (*place, position), "field group", group, groups)
