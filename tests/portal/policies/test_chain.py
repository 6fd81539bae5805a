"""The policy's chain records what came into force; a changed version is neither believed nor used."""

import json
import zlib
from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.db import db, transaction
from portal.policies.chain import CHAIN, policy_findings, unpack_files
from portal.policies.model import PolicyVersion, Publication
from portal.policies.versions import NoPolicy, Policies
from portal.work.auditing import verify_audit
from tests.portal.reviews.filing import Filing


def policies_anew(filing: Filing) -> Policies:
    """Return the policies as a portal that starts now would have them."""
    settings = filing.desk.settings
    return Policies(
        settings.rules_dir, follows_files=False, clock=filing.desk.clock, secret=filing.desk.secret
    )


def change_files(session: Session, version: str) -> None:
    row = session.get_one(PolicyVersion, version)
    files = unpack_files(row.files)
    files["deadlines.yaml"] = files["deadlines.yaml"].replace("14 business days", "1 business days")
    row.files = zlib.compress(json.dumps(files).encode())


def damage_files(session: Session, version: str) -> None:
    session.execute(update(PolicyVersion).values(files=b"damaged"))


def publish_again(session: Session, version: str) -> None:
    row = session.scalars(select(Publication)).one()
    session.add(Publication(version=version, at=row.at, by="start"))


def take_publication(session: Session, version: str) -> None:
    session.execute(delete(Publication))


def test_each_version_that_comes_into_force_is_recorded_once(filing: Filing) -> None:
    with filing.context():
        version = filing.desk.policies.in_force().version
        assert policies_anew(filing).in_force().version == version
        query = select(AuditEvent.policy_version).where(AuditEvent.subject == CHAIN)
        assert db.session.scalars(query).all() == [version]
        assert verify_audit(filing.desk).findings == ()


@pytest.mark.parametrize("tamper", [change_files, damage_files, publish_again, take_publication])
def test_what_is_done_to_the_policy_is_found(filing: Filing, tamper: Callable[[Session, str], None]) -> None:
    with filing.context():
        version = filing.desk.policies.in_force().version
        assert policy_findings(db.session()) == []
        with transaction() as session:
            tamper(session, version)
        assert [finding.subject for finding in policy_findings(db.session())] == [CHAIN]


@pytest.mark.parametrize("tamper", [change_files, damage_files])
def test_nothing_is_decided_by_a_changed_version(
    filing: Filing, tamper: Callable[[Session, str], None]
) -> None:
    with filing.context():
        version = filing.desk.policies.in_force().version
        with transaction() as session:
            tamper(session, version)
        with pytest.raises(NoPolicy, match="not as it was stored; restore it from a backup"):
            policies_anew(filing).in_force()
