"""Keeps, renames, shares and deletes saved views; each use case is one transaction."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.db import transaction
from portal.languages.sentences import gettext
from portal.saved_views.model import SavedView
from portal.saved_views.queries import changeable_by, number_of_views

# A name stands in a menu; a longer one would be a sentence.
NAME_CHARACTERS_AT_MOST = 60
# A menu that has to be searched saves nobody time.
VIEWS_AT_MOST = 40
# The longest view has every filter, a full search and all columns: some 1,000 characters when encoded.
PARAMS_CHARACTERS_AT_MOST = 4000


class NotKept(Exception):
    """What was typed cannot be kept; `errors` maps a field to a sentence that says what to do."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


class NoSuchView(Exception):
    """No such view for this person; others' private ones do not exist either."""


def save(actor: Actor, name: str, params: str, *, shared: bool, may_share: bool, now: datetime) -> str:
    """Keep `params` (what follows the question mark of an address) and return them as they are kept.

    Whoever saves the same view twice has it once. Raises NotKept.
    """
    kept = _params(params)
    errors = _errors(name, shared, may_share)
    if not kept:
        errors["name"] = gettext(
            "There is nothing to save yet. Filter or sort the list, or choose columns, first."
        )
    if errors:
        raise NotKept(errors)
    try:
        with transaction() as session:
            _add(session, actor, SavedView(name=_name(name), params=kept, shared=shared, created_at=now))
    except IntegrityError:
        raise _taken(name) from None
    return kept


def change(actor: Actor, view_id: int, name: str, *, shared: bool, may_share: bool) -> None:
    """Rename a view, and share it or end that. Raises NoSuchView and NotKept."""
    try:
        with transaction() as session:
            view = _find(session, actor, view_id, may_share)
            errors = _errors(name, shared and not view.shared, may_share)
            if errors:
                raise NotKept(errors)
            view.name, view.shared = _name(name), shared
    except IntegrityError:
        raise _taken(name) from None


def delete(actor: Actor, view_id: int, *, may_share: bool) -> str:
    """Delete a view and return its name. Raises NoSuchView."""
    with transaction() as session:
        view = _find(session, actor, view_id, may_share)
        session.delete(view)
        return view.name


def _find(session: Session, actor: Actor, view_id: int, may_share: bool) -> SavedView:
    allowed = changeable_by(actor, may_share=may_share)
    view = session.scalar(select(SavedView).where(SavedView.id == view_id, allowed))
    if view is None:
        raise NoSuchView
    return view


def _add(session: Session, actor: Actor, view: SavedView) -> None:
    if actor.person_id is None or actor.organization_id is None:
        raise NoSuchView  # only people who sign in keep views
    same = select(SavedView).where(SavedView.person_id == actor.person_id, SavedView.name == view.name)
    earlier = session.scalar(same)
    if earlier is not None and earlier.params == view.params:
        earlier.shared = view.shared
        return
    if number_of_views(session, actor) >= VIEWS_AT_MOST:
        told = gettext(
            "You keep %(number)s views, which is as many as there can be. Delete one first.",
            number=VIEWS_AT_MOST,
        )
        raise NotKept({"name": told})
    view.person_id, view.organization_id = actor.person_id, actor.organization_id
    session.add(view)


def _name(typed: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in typed).split())


def _params(typed: str) -> str:
    pairs = parse_qsl(typed) if len(typed) <= PARAMS_CHARACTERS_AT_MOST else []
    return urlencode([(name, value) for name, value in pairs if value.isprintable()])


def _errors(name: str, shares: bool, may_share: bool) -> dict[str, str]:
    errors = {}
    if not _name(name):
        errors["name"] = gettext("Enter a name for the view.")
    elif len(_name(name)) > NAME_CHARACTERS_AT_MOST:
        errors["name"] = gettext(
            "Enter a name of at most %(number)s characters.", number=NAME_CHARACTERS_AT_MOST
        )
    if shares and not may_share:
        errors["shared"] = gettext("Your roles do not let you share views. Save it for yourself.")
    return errors


def _taken(name: str) -> NotKept:
    told = gettext("There is a view named “%(name)s” already. Enter another name.", name=_name(name))
    return NotKept({"name": told})
