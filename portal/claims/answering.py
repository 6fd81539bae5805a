"""Between a sent form and the use case: the answers in, and every way it can come to nothing out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar

from flask import abort, current_app, request
from werkzeug.datastructures import FileStorage, MultiDict

from portal.accounts.actor import Actor
from portal.claims.acting import Done, act
from portal.claims.answers import Answers, Upload
from portal.claims.desk import Desk
from portal.claims.explaining import side_of
from portal.claims.facts import gather
from portal.claims.gathering import Gathering
from portal.claims.queries import find_claim
from portal.claims.refusals import Invalid, NotThere, Refused, Stale
from portal.claims.rehearsing import Rehearsed, rehearse
from portal.claims.sent_before import gone_before
from portal.db import db, row_id
from portal.evidence.intake import Unreadable
from portal.languages.sentences import gettext
from portal.rulebook.decision import Reason
from portal.rulebook.remedies import Remedy

# Carried by forms that are about files alone: without one there is nothing to do.
NEEDS_DOCUMENT = "needs_document"

Result = TypeVar("Result")

GARBLED = 0  # versions of rows begin with 1


@dataclass(frozen=True)
class Failure:
    """A form that changed nothing: what was sent, and why, for the page to show in its place."""

    action: str
    status: int
    typed: MultiDict[str, str]
    errors: dict[str, str] = field(default_factory=dict)  # by field
    reasons: tuple[Reason, ...] = ()  # of the refusing decision
    remedy: Remedy | None = None  # what would change it
    changes: tuple[str, ...] = ()  # what happened to the claim since the form was opened
    rehearsed: tuple[Rehearsed, ...] = ()  # the mails that it would send, where that is all that was asked

    @property
    def asked_for_mails(self) -> bool:
        """True where nothing was meant to change: the form came back with the mails that it would send."""
        return self.status == HTTPStatus.OK

    @property
    def stale(self) -> bool:
        return self.status == HTTPStatus.CONFLICT


def desk_of_app() -> Desk:
    """Return the installation's desk."""
    desk: Desk = current_app.extensions["desk"]
    return desk


def sent_answers() -> Answers:
    """Return what the request's form says, files included, free of the web."""
    values = {
        name: tuple(given) for name, given in request.form.lists() if name not in ("csrf_token", "version")
    }
    uploads = tuple(Upload(file.filename or "", file.read()) for file in sent_files())
    return Answers(values, uploads, of_form=True)


def sent_files() -> list[FileStorage]:
    """Return the files that were chosen in the request's form, whatever its fields are called."""
    return [file for _, files in request.files.lists() for file in files if file.filename]


def sent_version() -> int:
    """Return the row's version as the form showed it.

    A version that is missing or garbled is an old one: nobody knows what the form showed.
    """
    return row_id(request.form.get("version", "")) or GARBLED


def carry_out(place: str, number: str, noun: str, actor: Actor) -> Done | Failure:
    """Carry out the action whose address is `place/noun` on the claim, as the form says.

    Aborts with 404 where the claim or the action is not there for `actor`.
    """
    desk = desk_of_app()
    try:
        return attempt(desk, _action_at(desk, place, number, noun, actor), number, actor)
    except NotThere:
        # Whoever presses twice to delete a draft is told of the first time.
        if done := gone_before(db.session(), number, actor, sent_answers(), sent_version()):
            return done
        abort(HTTPStatus.NOT_FOUND)


def rehearsal(place: str, number: str, noun: str, actor: Actor) -> Failure:
    """Return the form of `place/noun` as it was sent, with the mails that it would send or why it would not.

    Of the action nothing is done or sent. Aborts as `carry_out` does.
    """
    desk = desk_of_app()
    try:
        action = _action_at(desk, place, number, noun, actor)
        mails = _attempted(desk, action, number, actor, rehearse)
    except NotThere:
        abort(HTTPStatus.NOT_FOUND)
    if isinstance(mails, Failure):
        return mails
    return Failure(action, HTTPStatus.OK, request.form, rehearsed=mails)


def _action_at(desk: Desk, place: str, number: str, noun: str, actor: Actor) -> str:
    """Return the action that the policy places at the address. Raises NotThere, or aborts with 404."""
    claim = find_claim(db.session(), desk, number, actor)
    action = desk.rulebook_of(claim).transition_at(f"{place}/{noun}", request.form)
    if action is None:
        abort(HTTPStatus.NOT_FOUND)
    return action


def attempt(desk: Desk, action: str, number: str, actor: Actor) -> Done | Failure:
    """Act on the request's form; raises NotThere and CouldNotBeDecided, returns every other failure."""
    return _attempted(desk, action, number, actor, act)


def _attempted(
    desk: Desk,
    action: str,
    number: str,
    actor: Actor,
    do: Callable[[Desk, str, str, Actor, Answers, int], Result],
) -> Result | Failure:
    typed, answers, version = request.form, sent_answers(), sent_version()
    if NEEDS_DOCUMENT in typed and not answers.uploads:
        errors = {"document": gettext("Choose a file first; nothing was uploaded.")}
        return Failure(action, HTTPStatus.UNPROCESSABLE_ENTITY, typed, errors=errors)
    try:
        return do(desk, action, number, actor, answers, version)
    except Refused as refused:
        decision = refused.decision
        rulebook = desk.policies.composed(decision.policy_version, decision.roles_version)
        remedy = rulebook.remedy(decision, side_of(actor))
        unprocessable = HTTPStatus.UNPROCESSABLE_ENTITY
        return Failure(action, unprocessable, typed, reasons=decision.reasons, remedy=remedy)
    except Invalid as invalid:
        return Failure(action, HTTPStatus.UNPROCESSABLE_ENTITY, typed, errors=invalid.errors)
    except Unreadable as unreadable:
        errors = {"document": str(unreadable)}
        return Failure(action, HTTPStatus.UNPROCESSABLE_ENTITY, typed, errors=errors)
    except Stale as stale:
        if version == GARBLED and (reasons := _reasons_now(desk, action, number, actor)):
            return Failure(action, HTTPStatus.UNPROCESSABLE_ENTITY, typed, reasons=reasons)
        return Failure(action, HTTPStatus.CONFLICT, typed, changes=stale.changes)


def _reasons_now(desk: Desk, action: str, number: str, actor: Actor) -> tuple[Reason, ...]:
    """Return why the claim as it stands takes no such action, whatever a form brings.

    A page on which nothing can be done has no form and no version, and what is sent to it all the
    same is told why rather than what changed.
    """
    session = db.session()
    claim = find_claim(session, desk, number, actor)
    rulebook = desk.rulebook_of(claim)
    facts = gather(Gathering(session, desk, rulebook, claim, actor, desk.clock.now()), action)
    return rulebook.decide(action, facts).reasons
