"""The use cases of saved views: each name once, no more than a menu holds, the same form twice once."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.saved_views.keeping import VIEWS_AT_MOST, NotKept, change, save
from portal.saved_views.model import SavedView
from portal.saved_views.queries import views_of
from tests import factories

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


@pytest.fixture
def actor(session: Session) -> Actor:
    owner = factories.organization(session, "Contoso")
    made = factories.actor(factories.person(session, owner, "incentives_admin"))
    session.commit()
    return made


def keep(actor: Actor, name: str, params: str = "status=draft", *, shared: bool = False) -> str:
    return save(actor, name, params, shared=shared, may_share=True, now=NOW)


def number(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(SavedView)) or 0


def test_the_same_view_twice_is_one(session: Session, actor: Actor) -> None:
    keep(actor, "Drafts")
    keep(actor, "Drafts", shared=True)
    assert number(session) == 1
    assert [view.shared for view in views_of(session, actor, may_share=True)] == [True]


def test_another_view_needs_another_name(session: Session, actor: Actor) -> None:
    keep(actor, "Drafts")
    with pytest.raises(NotKept, match="There is a view named “Drafts” already"):
        keep(actor, "Drafts", "status=submitted")
    keep(actor, "Others", "status=submitted")
    other = next(view for view in views_of(session, actor, may_share=True) if view.name == "Others")
    with pytest.raises(NotKept, match="already"):
        change(actor, other.id, "Drafts", shared=False, may_share=True)


def test_a_menu_holds_only_so_many(session: Session, actor: Actor) -> None:
    for place in range(VIEWS_AT_MOST):
        keep(actor, f"View {place}")
    with pytest.raises(NotKept, match="Delete one first"):
        keep(actor, "One more")
    assert number(session) == VIEWS_AT_MOST


def test_who_may_share_no_longer_may_still_end_it(session: Session, actor: Actor) -> None:
    keep(actor, "Ours", shared=True)
    (view,) = views_of(session, actor, may_share=False)
    change(actor, view.id, "Still ours", shared=True, may_share=False)
    change(actor, view.id, "Mine", shared=False, may_share=False)
    with pytest.raises(NotKept, match="do not let you share"):
        change(actor, view.id, "Ours", shared=True, may_share=False)
