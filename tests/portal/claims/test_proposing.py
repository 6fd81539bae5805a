"""Customer contacts of earlier claims: offered to whom may see those, put into the fields, never saved so."""

from typing import Any

import pytest
from sqlalchemy import update

from portal.accounts.kept_views import LEFT
from portal.accounts.model import Organization
from portal.accounts.queries import actor_of
from portal.claims.model import Claim
from portal.claims.proposing import CONTACTS_AT_MOST, named_before
from portal.db import db, transaction
from tests.browser import Browser
from tests.factories import location as a_location
from tests.factories import person as a_person
from tests.portal.claims.conftest import PARTNER
from tests.portal.claims.rows import add_claims, customer_id
from tests.portal.claims.test_wizard import step
from tests.portal.reviews.filing import Filing

COLLEAGUE = "global@contoso.example"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def naming(filing: Filing, name: str, partner: str = "contoso", **besides: Any) -> dict[str, Any]:
    """Return the row of a claim for the customer that names somebody."""
    return {
        "customer_id": customer_id(filing, partner),
        "customer_contact_name": name,
        "customer_contact_title": f"Title of {name}",
        "customer_contact_email": f"{name.split(maxsplit=1)[0].casefold()}@adatum.example",
        **besides,
    }


def blank(filing: Filing) -> str:
    """Return a draft for the customer that names nobody yet."""
    return add_claims(filing, {"customer_id": customer_id(filing)})[0]


@SQLITE
def test_whom_an_earlier_claim_names_is_put_into_the_fields_and_not_saved(
    filing: Filing, partner: Browser
) -> None:
    (earlier,) = add_claims(filing, naming(filing, "Casey Lind", customer_contact_language="de"))
    number = blank(filing)
    step(partner, number, "contacts")
    offered = partner.page.region("contacts-before")
    for words in ("Casey Lind", "Title of Casey Lind", "casey@adatum.example", earlier):
        assert words in offered
    assert partner.page.field("customer_contact_name") == "", "nothing is filled silently"
    page = partner.fill_and_submit("Use Casey Lind", name="Typed before", technical_contact_name="Tess")
    assert page.heading == "Contacts and name"
    assert page.field("customer_contact_name") == "Casey Lind"
    assert page.field("customer_contact_email") == "casey@adatum.example"
    assert page.select("#customer_contact_language option[selected]")[0].get("value") == "de"
    assert (page.field("name"), page.field("technical_contact_name")) == ("Typed before", "Tess")
    assert "nothing is saved yet" in page.region("contact-filled")
    assert not page.select("#contacts-before"), "it is in the form already"
    assert (filing.claim(number).customer_contact_name, filing.claim(number).name) == ("", "")
    partner.fill_and_submit("Save and go on")
    claim = filing.claim(number)
    assert (claim.customer_contact_name, claim.customer_contact_language) == ("Casey Lind", "de")
    assert (claim.customer_contact_title, claim.name) == ("Title of Casey Lind", "Typed before")


@SQLITE
def test_what_stands_in_the_form_is_saved_also_by_a_way_to_another_step(
    filing: Filing, partner: Browser
) -> None:
    add_claims(filing, naming(filing, "Casey Lind"))
    number = blank(filing)
    step(partner, number, "contacts")
    partner.fill_and_submit("Use Casey Lind")
    partner.fill_and_submit("Back to Products")
    assert filing.claim(number).customer_contact_name == "Casey Lind"


@SQLITE
def test_who_chooses_a_contact_does_not_undo_what_a_colleague_saved_meanwhile(
    filing: Filing, partner: Browser
) -> None:
    add_claims(filing, naming(filing, "Casey Lind"))
    number = blank(filing)
    step(partner, number, "contacts")
    colleague = filing.browser(COLLEAGUE)
    step(colleague, number, "contacts")
    colleague.fill_and_submit("Save and go on", technical_contact_name="Tess Ito", name="Theirs")
    page = partner.fill_and_submit("Use Casey Lind", status=409, own_contact_name="Ines Morel")
    assert page.heading == "Contacts and name"
    assert "Global of Contoso: Save changes." in page.region("failure")
    assert page.field("own_contact_name") == "Ines Morel", "what was typed is not lost"
    assert not page.select("#contact-filled")
    claim = filing.claim(number)
    assert (claim.name, claim.technical_contact_name) == ("Theirs", "Tess Ito")
    page = partner.fill_and_submit("Use Casey Lind", name="Both")
    assert page.field("customer_contact_name") == "Casey Lind", "now they know what changed"


@SQLITE
def test_what_was_typed_is_told_where_the_claim_was_submitted_meanwhile(
    filing: Filing, partner: Browser
) -> None:
    number = filing.draft()
    (other,) = add_claims(filing, naming(filing, "Robin Berg", customer_id=filing.claim(number).customer_id))
    step(partner, number, "contacts")
    chosen = partner.filled("Use Robin Berg", name="Typed too late.")
    filing.do("submit", number, PARTNER)
    page = partner.send_filled(chosen, status=409)
    assert "Typed too late." in page.region("failure")
    now: dict[str, Any] = {
        "version": str(filing.claim(number).version),
        "step": "contacts",
        "contact_of": other,
    }
    page = partner.post(f"/claims/{number}/edit", status=422, **now, name="Typed too late.")
    assert "Typed too late." in page.region("failure"), "also where only the form that came is older"
    assert filing.claim(number).customer_contact_name != "Robin Berg"


@SQLITE
@pytest.mark.parametrize("offered", [True, False], ids=["a contact", "one that is not offered"])
def test_what_is_kept_of_the_step_stays_kept_and_is_told_beside_the_chosen_contact(
    filing: Filing, partner: Browser, offered: bool
) -> None:
    (earlier,) = add_claims(filing, naming(filing, "Casey Lind"))
    number = blank(filing)
    step(partner, number, "contacts")
    left = dict(partner.filled("#step", name="Typed for an hour.").values)
    answer = partner.client.post(
        f"/claims/{number}/edit",
        base_url="http://localhost",
        data=left,
        headers={LEFT: f"/claims/{number}/wizard/contacts"},
    )
    assert answer.status_code == 204
    step(partner, number, "contacts")
    chosen: dict[str, Any] = {**left, "contact_of": earlier if offered else "CL-2026-999999"}
    page = partner.post(f"/claims/{number}/edit", **{**chosen, "name": ""})
    assert page.select("#contact-filled")
    assert "You left this page before your form was sent" in page.region("kept-form")
    assert "Typed for an hour." in page.region("kept-form")
    (told,) = page.select("#kept-form")
    assert told.get("data-kept-fields") == "[]", "kept.js would write over the contact"
    page = partner.post(f"/claims/{number}/edit", **chosen)
    assert not page.select("#kept-form"), "it stands in the form"
    step(partner, number, "contacts")
    assert "Typed for an hour." in partner.page.region("kept-form"), "nothing was saved"
    partner.fill_and_submit("Save and go on", name="Typed for an hour.")
    step(partner, number, "contacts")
    assert not partner.page.select("#kept-form")


@SQLITE
def test_each_person_is_offered_once_from_the_newest_claim(filing: Filing, partner: Browser) -> None:
    rows = [naming(filing, f"Person{place} Lind") for place in range(CONTACTS_AT_MOST + 1)]
    newest = naming(filing, "Person2 Lind", customer_contact_title="Promoted")
    add_claims(filing, *rows, newest, {"customer_id": customer_id(filing), "customer_contact_name": "Half"})
    step(partner, blank(filing), "contacts")
    buttons = [words for words in partner.page.buttons() if words.startswith("Use ")]
    assert buttons == ["Use Person2 Lind", "Use Person3 Lind", "Use Person1 Lind"]
    assert "Promoted" in partner.page.region("contacts-before")


@SQLITE
def test_nobody_of_another_customer_or_organization_is_offered(filing: Filing, partner: Browser) -> None:
    (theirs,) = add_claims(filing, naming(filing, "Theirs Lind", "fabrikam"), partner="fabrikam")
    (other,) = add_claims(filing, naming(filing, "Other Lind", customer_id=None))
    number = blank(filing)
    step(partner, number, "contacts")
    assert not partner.page.select("#contacts-before")
    for foreign in (theirs, other, "CL-2026-999999"):
        step(partner, number, "contacts")
        path = f"/claims/{number}/edit"
        version = partner.page.field("version")
        named: dict[str, Any] = {"customer_contact_name": "Robin Berg"}
        page = partner.post(path, step="contacts", version=version, contact_of=foreign, name="Typed before")
        assert "Lind" not in page.text
        assert page.field("name") == "Typed before", "bad input loses nothing"
        assert "That contact could not be taken" in page.region("contact-filled")
        page = partner.post(path, step="contacts", version=version, contact_of=foreign, **named)
        assert "Robin Berg is in the form" not in page.text, "they were there before"
        assert "Nothing that you typed was changed" in page.region("contact-filled")
        assert page.field("customer_contact_name") == "Robin Berg"
    partner.post("/claims/CL-2026-999999/edit", status=404, step="contacts", contact_of=theirs)


@SQLITE
def test_only_claims_of_locations_that_one_may_see_are_asked(filing: Filing) -> None:
    (elsewhere,) = add_claims(filing, naming(filing, "Casey Lind"))
    number = blank(filing)
    with filing.context(), transaction() as session:
        owner = session.get(Organization, filing.actors[PARTNER].organization_id)
        assert owner is not None
        place = a_location(session, owner, name="Munich")
        actor = actor_of(a_person(session, owner, "incentives_admin", account="munich", locations=(place,)))
        session.execute(update(Claim).where(Claim.number == number).values(location_id=place.id))
    claim = filing.claim(number)
    with filing.context():
        assert named_before(db.session(), filing.desk, claim, actor) == ()
        found = named_before(db.session(), filing.desk, claim, filing.actors[PARTNER])
    assert [one.number for one in found] == [elsewhere]
