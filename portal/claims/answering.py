"""Between a sent form and the use case: the answers in, and every way it can come to nothing out."""

from dataclasses import dataclass, field
from http import HTTPStatus

from flask import abort, current_app, request
from werkzeug.datastructures import FileStorage, MultiDict

from portal.accounts.actor import Actor
from portal.claims.acting import Done, act
from portal.claims.answers import Answers, Upload, row_id
from portal.claims.desk import Desk
from portal.claims.queries import find_claim
from portal.claims.refusals import Invalid, NotThere, Refused, Stale
from portal.db import db
from portal.evidence.intake import Unreadable
from portal.rulebook.decision import Reason

# Carried by forms that are about files alone: without one there is nothing to do.
NEEDS_DOCUMENT = "needs_document"

GARBLED = 0  # versions of rows begin with 1


@dataclass(frozen=True)
class Failure:
    """A form that changed nothing: what was sent, and why, for the page to show in its place."""

    action: str
    status: int
    typed: MultiDict[str, str]
    errors: dict[str, str] = field(default_factory=dict)  # by field
    reasons: tuple[Reason, ...] = ()  # of the refusing decision
    changes: tuple[str, ...] = ()  # what happened to the claim since the form was opened

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
    return Answers(values, tuple(Upload(file.filename or "", file.read()) for file in sent_files()))


def sent_files() -> list[FileStorage]:
    """Return the files that were chosen in the request's form, whatever its fields are called."""
    return [file for _, files in request.files.lists() for file in files if file.filename]


def sent_version() -> int | None:
    """Return the row's version as the form showed it, or None where it has no such field.

    A garbled version is an old one: nobody knows what the form showed.
    """
    typed = request.form.get("version")
    return None if typed is None else row_id(typed) or GARBLED


def carry_out(place: str, number: str, noun: str, actor: Actor) -> Done | Failure:
    """Carry out the action whose address is `place/noun` on the claim, as the form says.

    Aborts with 404 where the claim or the action is not there for `actor`.
    """
    desk = desk_of_app()
    try:
        claim = find_claim(db.session(), desk, number, actor)
        action = desk.rulebook_of(claim).transition_at(f"{place}/{noun}", request.form)
        if action is None:
            abort(HTTPStatus.NOT_FOUND)
        return attempt(desk, action, number, actor)
    except NotThere:
        abort(HTTPStatus.NOT_FOUND)


def attempt(desk: Desk, action: str, number: str, actor: Actor) -> Done | Failure:
    """Act on the request's form; raises NotThere and CouldNotBeDecided, returns every other failure."""
    typed, answers = request.form, sent_answers()
    if NEEDS_DOCUMENT in typed and not answers.uploads:
        errors = {"document": "Choose a file first; nothing was uploaded."}
        return Failure(action, HTTPStatus.UNPROCESSABLE_ENTITY, typed, errors=errors)
    try:
        return act(desk, action, number, actor, answers, sent_version())
    except Refused as refused:
        return Failure(action, HTTPStatus.UNPROCESSABLE_ENTITY, typed, reasons=refused.decision.reasons)
    except Invalid as invalid:
        return Failure(action, HTTPStatus.UNPROCESSABLE_ENTITY, typed, errors=invalid.errors)
    except Unreadable as unreadable:
        errors = {"document": str(unreadable)}
        return Failure(action, HTTPStatus.UNPROCESSABLE_ENTITY, typed, errors=errors)
    except Stale as stale:
        return Failure(action, HTTPStatus.CONFLICT, typed, changes=stale.changes)
