"""Nobody reviews for an organization that they belonged to lately."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.accounts.model import FormerAffiliation, Organization, Person
from portal.claims.impartiality import NEVER, months_since_belonged
from portal.claims.refusals import Refused
from portal.db import db, transaction
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def belonged(filing: Filing, who: str, organization: str, until: str) -> None:
    with filing.context(), transaction() as session:
        person = session.scalars(select(Person).where(Person.email == who)).one()
        owner = session.scalars(select(Organization).where(Organization.name == organization)).one()
        session.add(FormerAffiliation(person_id=person.id, organization_id=owner.id, until=until))


def id_of(filing: Filing, who: str) -> str:
    with filing.context():
        return str(db.session.scalars(select(Person.id).where(Person.email == who)).one())


def refused(filing: Filing, action: str, number: str, by: str, **answers: str) -> list[str]:
    with pytest.raises(Refused) as refusal:
        filing.do(action, number, by, **answers)
    return [reason.code for reason in refusal.value.decision.reasons]


@SQLITE
def test_months_are_full_ones_and_the_shortest_counts(filing: Filing) -> None:
    belonged(filing, REVIEWER, "Contoso", "2026-01-31")
    belonged(filing, REVIEWER, "Fabrikam", "2025-11-23")
    with filing.context():
        session = db.session()
        person = int(id_of(filing, REVIEWER))
        owners = {row.name: row.id for row in session.scalars(select(Organization))}

        def since(day: date, *names: str) -> int:
            return months_since_belonged(session, person, [owners[name] for name in names], day)

        assert since(date(2026, 2, 28), "Contoso") == 0
        assert since(date(2027, 1, 30), "Contoso") == 11
        assert since(date(2027, 1, 31), "Contoso") == 12
        assert since(date(2026, 1, 1), "Contoso") == 0, "a last day still to come"
        assert since(date(2026, 11, 23), "Contoso", "Fabrikam") == 9
        assert since(date(2026, 11, 23), "Program operator") == NEVER
        assert months_since_belonged(session, None, [1], date(2026, 11, 23)) == NEVER


def test_every_decision_is_refused_and_told_why_until_a_year_has_passed(filing: Filing) -> None:
    number = filing.submitted("contoso")
    belonged(filing, REVIEWER, "Contoso", "2025-11-24")
    assert refused(filing, "start_review", number, REVIEWER) == ["belonged_lately"]
    page = filing.browser(REVIEWER).visit(f"/reviews/{number}")
    assert "You belonged to the organization of this claim within the past 12 months" in page.text
    filing.do("start_review", number, REVIEWER2)
    answers = {"reason": "insufficient_poe", "message": "Nothing is signed."}
    asked = {"reason": "missing_all_poe", "message": "Please send it."}
    assert refused(filing, "approve", number, REVIEWER) == ["belonged_lately"]
    assert refused(filing, "reject", number, REVIEWER, **answers) == ["belonged_lately"]
    assert refused(filing, "request_information", number, REVIEWER, **asked) == ["belonged_lately"]
    filing.wait(1)
    filing.do("reject", number, REVIEWER, **answers)


@SQLITE
def test_nothing_is_handed_to_them_and_no_dispute_given(filing: Filing) -> None:
    belonged(filing, REVIEWER2, "Contoso", "2026-06-30")
    number = filing.under_review("contoso")
    chosen = {"reviewer": id_of(filing, REVIEWER2), "message": "I am away."}
    assert refused(filing, "reassign", number, REVIEWER, **chosen) == ["reviewer_belonged_lately"]
    filing.do("reject", number, REVIEWER, reason="insufficient_poe", message="Nothing is signed.")
    filing.do("dispute", number, "global@contoso.example", justification="It is.")
    assert filing.claim(number).reviewer_id is None
    told = {"reason": "insufficient_poe", "message": "Still nothing."}
    assert refused(filing, "deny_dispute", number, REVIEWER2, **told) == ["belonged_lately"]
    # Nobody else is left, so who decided before decides again rather than nobody ever.
    filing.do("deny_dispute", number, REVIEWER, **told)


@SQLITE
def test_nobody_gives_them_more_time(filing: Filing) -> None:
    belonged(filing, REVIEWER, "Contoso", "2026-06-30")
    number = filing.submitted("contoso")
    filing.do("start_review", number, REVIEWER2)
    asked = {"reason": "missing_or_old_dates", "message": "Please date it."}
    filing.do("request_information", number, REVIEWER2, **asked)
    later = {"until": "2026-12-18", "message": "For old times' sake."}
    assert refused(filing, "extend", number, REVIEWER, **later) == ["belonged_lately"]
    filing.do("extend", number, REVIEWER2, **later)


@SQLITE
def test_nobody_settles_for_or_against_them(filing: Filing) -> None:
    belonged(filing, REVIEWER2, "Fabrikam", "2026-06-30")
    mine, theirs = filing.under_review("contoso"), filing.under_review("fabrikam")
    assert refused(filing, "settle", theirs, REVIEWER2) == ["belonged_lately"]
    assert refused(filing, "settle", mine, REVIEWER2) == ["belonged_to_rival_lately"]
    page = filing.browser(REVIEWER2).visit(f"/reviews/competing/{mine}")
    assert "You belonged to the organization of a competing claim" in page.region(f"{mine}-settling")
    filing.do("settle", mine, REVIEWER)
