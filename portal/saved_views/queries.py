"""Saved views as one person may see and change them: ownership stands in the query."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.saved_views.model import SavedView


@dataclass(frozen=True)
class View:
    """A view as pages show it: whether it is the reader's `own`, and whether they may change it."""

    id: int
    name: str
    params: str
    shared: bool
    own: bool
    by: str
    changeable: bool


def changeable_by(actor: Actor, *, may_share: bool) -> ColumnElement[bool]:
    """Return the condition of the views that `actor` may rename and delete.

    Those are their own. Who may share looks after all that are shared, for whoever shared one may be gone.
    """
    own = SavedView.person_id == actor.person_id
    of_all = and_(SavedView.shared, SavedView.organization_id == actor.organization_id)
    return or_(own, of_all) if may_share else own


def views_of(session: Session, actor: Actor, *, may_share: bool) -> tuple[View, ...]:
    """Return the views of `actor` and those shared with their organization: own ones first, then by name."""
    own = SavedView.person_id == actor.person_id
    shared = and_(SavedView.shared, SavedView.organization_id == actor.organization_id)
    found = session.scalars(select(SavedView).where(or_(own, shared)))
    views = [_shown(row, actor, may_share) for row in found]
    return tuple(sorted(views, key=lambda view: (not view.own, view.name.casefold(), view.id)))


def number_of_views(session: Session, actor: Actor) -> int:
    """Return how many views `actor` keeps."""
    query = select(func.count()).select_from(SavedView).where(SavedView.person_id == actor.person_id)
    return session.scalar(query) or 0


def _shown(row: SavedView, actor: Actor, may_share: bool) -> View:
    own = row.person_id == actor.person_id
    return View(
        row.id, row.name, row.params, row.shared, own, row.person.name, own or (may_share and row.shared)
    )
