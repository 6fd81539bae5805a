"""Pages of a sorted list: walked from either end they are the list, whatever its values are."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Select, create_engine, delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from portal.db import Moment
from portal.paging import NoSuchPlace, Order, Page, Place, page_of

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


class Base(DeclarativeBase):
    """Of a table that these tests alone have."""


class Thing(Base):
    __tablename__ = "things_of_a_test"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]
    at: Mapped[datetime | None] = mapped_column(Moment)


def order(name: str) -> Order:
    """Return an order by its name in addresses: a column, or one downwards."""
    code, descending = name.removeprefix("-"), name.startswith("-")
    if code == "word":
        return Order(name, Thing.word.expression, Thing.id, str, descending=descending, always=True)
    if code == "at":
        return Order(name, Thing.at.expression, Thing.id, datetime, descending=descending)
    return Order(name, Thing.id.expression, Thing.id, int, descending=descending, always=True)


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for number in range(1, 12):
            at = None if number % 4 == 0 else BEGAN + timedelta(days=number % 3)
            session.add(Thing(id=number, word=f"w{number % 3}", at=at))
        session.commit()
        yield session
    engine.dispose()


def ids(page: Page[Thing]) -> list[int]:
    return [thing.id for (thing,) in page.rows]


def things() -> Select[Thing]:
    return select(Thing)


@pytest.mark.parametrize("size", [1, 3, 11])
@pytest.mark.parametrize("name", ["word", "-word", "at", "-at", "id", "-id"])
def test_the_pages_are_the_list_from_either_end(session: Session, name: str, size: int) -> None:
    whole = list(session.scalars(select(Thing.id).order_by(*order(name).clauses())))
    pages = [page_of(session, things(), order(name), size)]
    while pages[-1].after and len(pages) <= len(whole):
        pages.append(page_of(session, things(), order(name), size, after=pages[-1].after))
    assert [one for page in pages for one in ids(page)] == whole
    assert [len(page.rows) for page in pages[:-1]] == [size] * (len(pages) - 1)
    assert not pages[0].before
    for earlier, later in pairwise(pages):
        back = page_of(session, things(), order(name), size, before=later.before)
        assert ids(back) == ids(earlier)
        assert (bool(back.after), bool(back.before)) == (True, bool(earlier.before))


@SQLITE
def test_rows_without_a_value_come_last_in_both_directions(session: Session) -> None:
    for name in ("at", "-at"):
        assert {thing.at for (thing,) in page_of(session, things(), order(name), 11).rows[-2:]} == {None}


@SQLITE
def test_a_row_that_came_or_went_meanwhile_shows_nothing_twice(session: Session) -> None:
    first = page_of(session, things(), order("id"), 3)
    session.execute(delete(Thing).where(Thing.id.in_([1, 3])))
    session.add(Thing(id=0, word="new"))
    session.flush()
    assert ids(page_of(session, things(), order("id"), 3, after=first.after)) == [4, 5, 6]


@SQLITE
def test_further_columns_of_the_select_come_along_and_the_places_do_not(session: Session) -> None:
    page = page_of(session, select(Thing, Thing.word), order("-id"), 2)
    assert [(thing.id, word) for thing, word in page.rows] == [(11, "w2"), (10, "w1")]


@SQLITE
def test_a_list_without_rows_leads_nowhere(session: Session) -> None:
    page = page_of(session, things().where(Thing.id < 0), order("id"), 2)
    assert (page.rows, page.after, page.before) == ([], "", "")


def test_a_place_is_read_as_it_was_written() -> None:
    for name, value in (("word", "Ü'\""), ("id", 5), ("at", BEGAN), ("at", None)):
        assert order(name).read(order(name).written(Place(value, 7))) == Place(value, 7)


@pytest.mark.parametrize(
    "content",
    [
        ["-word", "a", 1],  # of the order the other way round
        ["word", 5, 1],
        ["word", None, 1],  # every row has a word
        ["word", "a\0", 1],
        ["word", "a", 2**31],
        ["word", "a", -1],
        ["word", "a", True],
        ["word", "a"],
        {"word": "a"},
        None,
    ],
)
def test_what_was_never_written_is_no_place(content: object) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    with pytest.raises(NoSuchPlace):
        order("word").read(cursor)


@pytest.mark.parametrize("moment", ["2026-11-01", "2026-11-01T00:00:00", "0001-01-01T00:00:00+14:00", 5])
def test_a_moment_without_a_zone_or_beyond_time_is_no_place(moment: object) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(["at", moment, 1]).encode()).decode().rstrip("=")
    with pytest.raises(NoSuchPlace):
        order("at").read(cursor)


@pytest.mark.parametrize("cursor", ["x", "é", "bnVsbA", "A" * 5000, "[" * 1999])
def test_no_text_is_a_place(cursor: str) -> None:
    with pytest.raises(NoSuchPlace):
        order("word").read(cursor)
