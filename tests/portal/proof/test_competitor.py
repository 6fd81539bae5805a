"""A partner's pack is the same to the byte, whoever competes with them and whatever the others do."""

import copy
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import DateTime, String, select
from sqlalchemy.orm import Session

from portal.accounts.model import Location, Organization, Person
from portal.app import create_app
from portal.claims.model import Claim, ClaimProduct
from portal.customers.model import Customer
from portal.db import Base, Moment, db, transaction
from portal.settings import Settings
from tests.portal.incentives.sheets import earn
from tests.portal.proof.packs import PARTNER, files_of, lived, pack_of
from tests.portal.reviews.filing import REVIEWER, Filing

THEIRS = "incentives@fabrikam.example"
# What leads from row to row, and what the rivalry itself is about, stays as it is.
KEPT = {
    "id", "organization_id", "location_id", "customer_id", "claim_id", "person_id", "reviewer_id",
    "created_by_id", "added_by_id", "replaced_by_id", "answers_id", "decision_id", "sha256",
    "tenant_id", "status", "state", "clock", "side", "activity", "product", "unit",
    "policy_version",
}  # fmt: skip


def changed(row: Base) -> None:
    """Give every column of `row` another value, but for those that the rivalry needs."""
    for column in row.__mapper__.columns:
        name = column.key
        value: Any = getattr(row, name)
        if name in KEPT or column.foreign_keys:
            continue
        if isinstance(column.type, Moment | DateTime) and value is not None:
            setattr(row, name, value - timedelta(days=3, minutes=7))
        elif isinstance(value, bool):
            continue  # whether it is the last or the only one is the portal's to say
        elif isinstance(value, int):
            setattr(row, name, value + 7)
        elif isinstance(column.type, String) and isinstance(value, str):
            setattr(row, name, f"{value} changed"[:200])
        elif isinstance(value, list):
            setattr(row, name, [])


def change_everything(session: Session) -> None:
    """Change all that is the competitor's: names, people, dates, texts, rounds, products beyond the unit."""
    fabrikam = session.scalars(select(Organization).where(Organization.name == "Fabrikam")).one()
    claims = session.scalars(select(Claim).where(Claim.organization_id == fabrikam.id)).unique().all()
    assert claims
    for claim in claims:
        parts = (claim.documents, claim.comments, claim.requests, claim.clocks, claim.submissions)
        belonging: list[Base] = [one for part in parts for one in part]
        for one in belonging:
            changed(one)
        claim.products.append(ClaimProduct(product="intune"))
        changed(claim)
    owned: list[type[Base]] = [Location, Person, Customer]
    for table in owned:
        for row in session.scalars(select(table)).unique():
            if getattr(row, "organization_id") == fabrikam.id:  # noqa: B009  # each of the tables has it
                changed(row)
    changed(fabrikam)


@pytest.mark.parametrize("ended", ["lost", "won"])
def test_no_field_of_a_competitor_is_in_a_pack(filing: Filing, ended: str) -> None:
    theirs = lived(filing, "fabrikam", "exchange_online")
    mine, rival = filing.under_review(), filing.under_review("fabrikam")
    filing.do("comment", rival, THEIRS, message="We were first.")
    filing.do("settle", mine if ended == "won" else rival, REVIEWER)
    earn(filing, {"claim": theirs, "product": "exchange_online", "amount": "31337"})
    before = pack_of(filing, mine, PARTNER)
    with filing.context(), transaction() as session:
        change_everything(session)
    with filing.context():
        assert db.session.scalars(
            select(Organization.name).where(Organization.name == "Fabrikam changed")
        ).one()
    assert files_of(pack_of(filing, mine, PARTNER)) == files_of(before)
    assert pack_of(filing, mine, PARTNER) == before
    for name, content in files_of(before).items():
        for words in (b"Fabrikam", b"fabrikam", rival.encode(), theirs.encode(), b"We were first", b"31337"):
            assert words not in content, (name, words)


@pytest.fixture
def beside(filing: Filing, settings: Settings, tmp_path: Path) -> Iterator[Filing]:
    """The same house in an installation of its own, which goes another way from here on."""
    with filing.context():
        db.engine.connect().close()  # so that the file is as the filing left it
        db.engine.dispose()
    path = tmp_path / "beside.sqlite"
    shutil.copyfile(settings.database_url.removeprefix("sqlite:///"), path)
    other = settings.model_copy(
        update={"database_url": f"sqlite:///{path}", "data_dir": tmp_path / "data beside"}
    )
    app: Flask = create_app(other, clock=filing.clock)
    made = copy.copy(filing)
    made.app, made.desk = app, app.extensions["desk"]
    made._kept = None  # noqa: SLF001  # its past is the first one's, its steps are its own
    yield made
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_a_competitor_lived_through_is_not_in_a_pack(filing: Filing, beside: Filing) -> None:
    packs = []
    for house, many in ((filing, False), (beside, True)):
        mine = house.submitted()
        # One competitor files and waits, the other one has a life of many rounds, events and decisions.
        rival = house.submitted("fabrikam")
        if many:
            asked = {"reason": "missing_all_poe", "message": "Where is it?"}
            house.do("start_review", rival, REVIEWER)
            house.do("request_information", rival, REVIEWER, **asked)
            house.do("edit", rival, THEIRS, commentary="Here it is.")
            house.do("resubmit", rival, THEIRS)
        house.do("start_review", rival, REVIEWER)
        house.do("start_review", mine, REVIEWER)
        house.do("settle", rival, REVIEWER)
        packs.append(pack_of(house, mine, PARTNER))
    assert files_of(packs[0]) == files_of(packs[1])
    assert packs[0] == packs[1]
