"""What was provided since an information request for each thing that it asks for, as it is stored.

Whether it is enough is for the reviewer to say; nothing here says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.claims.content import PRODUCTS, content_of
from portal.claims.field_names import named
from portal.claims.model import Claim, InformationRequest
from portal.languages.sentences import gettext
from portal.rulebook.models import CatalogReason
from portal.rulebook.rulebook import Rulebook

DOCUMENTS = "documents"  # the field of the claim
PARTNER = "partner"  # the side that is asked


@dataclass(frozen=True)
class Point:
    """One thing that a request asks for, and what was changed for it since, in sentences."""

    label: str
    text: str
    next_step: str
    since: tuple[str, ...]


@dataclass(frozen=True)
class Progress:
    """How far a request is: its reasons, its products to remove, and when the partner last wrote, if ever."""

    points: tuple[Point, ...]
    wrote_at: datetime | None

    @property
    def untouched(self) -> int:
        """How many things nothing was changed for yet."""
        return sum(not point.since for point in self.points)


def progress(rulebook: Rulebook, claim: Claim, request: InformationRequest) -> Progress:
    """Return what was provided between the request and its end, or until now."""
    before, after = _contents(claim, request)
    changes = {name: _changes(rulebook, name, before, after) for name in after}
    catalog = rulebook.reasons.information_reasons
    found = [_of_reason(rulebook, catalog[code], changes) for code in request.reasons if code in catalog]
    found += [_of_removal(rulebook, code, before, after) for code in request.products]
    wrote = [row.at for row in claim.comments if row.side == PARTNER and _within(request, row.at)]
    return Progress(tuple(found), max(wrote, default=None))


def _within(request: InformationRequest, at: datetime) -> bool:
    return request.at <= at and (request.ended_at is None or at <= request.ended_at)


def _contents(claim: Claim, request: InformationRequest) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what the claim said when it was asked, and what it said when the request ended, or says now."""
    asked_about = [row.content for row in claim.submissions if row.at <= request.at]
    answers = [row.content for row in claim.submissions if row.at > request.at]
    before = asked_about[-1] if asked_about else content_of(claim)
    if answers:
        return before, answers[0]
    now = content_of(claim)
    if request.ended_at is not None:
        # Ended without an answer: what came later, as with a dispute, was not provided for this request.
        now[DOCUMENTS] = [
            [row.sha256, row.name]
            for row in claim.documents
            if row.current and row.added_at <= request.ended_at
        ]
    return before, now


def _of_reason(rulebook: Rulebook, reason: CatalogReason, changes: Mapping[str, Sequence[str]]) -> Point:
    groups = rulebook.lifecycle.field_groups
    names = [name for group in reason.answered_in or groups for name in groups[group].fields]
    since = tuple(sentence for name in names for sentence in changes.get(name, ()))
    return Point(reason.label, reason.text, reason.next_step, since)


def _of_removal(rulebook: Rulebook, code: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Point:
    label = rulebook.programs.product_label(code)
    gone = code in _codes(before) and code not in _codes(after)
    return Point(
        label=gettext("Remove %(product)s", product=label),
        text=gettext("The proof of execution does not cover it."),
        next_step=gettext("Remove it from the claim, or write an answer."),
        since=(gettext("%(name)s was removed.", name=label),) if gone else (),
    )


def _changes(
    rulebook: Rulebook, name: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[str, ...]:
    """Say what of one field differs; nothing where it is as it was."""
    if name == DOCUMENTS:
        return _of_documents(before.get(name) or [], after.get(name) or [])
    if name == PRODUCTS:
        label = rulebook.programs.product_label
        came, went = _codes(after) - _codes(before), _codes(before) - _codes(after)
        said = [gettext("%(name)s was added.", name=label(code)) for code in sorted(came)]
        said += [gettext("%(name)s was removed.", name=label(code)) for code in sorted(went)]
        if not said and before.get(name) != after.get(name):
            said = [gettext("A subscription ID was changed.")]
        return tuple(said)
    if before.get(name) == after.get(name):
        return ()
    return (gettext("%(name)s was changed.", name=named(name)),)


def _of_documents(before: Sequence[Sequence[str]], after: Sequence[Sequence[str]]) -> tuple[str, ...]:
    had, has = {sha256 for sha256, _ in before}, {sha256 for sha256, _ in after}
    added = [gettext("%(name)s was added.", name=name) for sha256, name in after if sha256 not in had]
    taken = [
        gettext("%(name)s was withdrawn or replaced.", name=name)
        for sha256, name in before
        if sha256 not in has
    ]
    return (*added, *taken)


def _codes(content: Mapping[str, Any]) -> set[str]:
    return {code for code, _ in content.get(PRODUCTS) or []}
