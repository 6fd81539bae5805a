"""The template of a proof: filled with the claim, with a section for whatever the policy wants shown."""

from pathlib import Path
from typing import Any

import pytest

from portal.claims.acting import act
from portal.claims.answers import Answers, Upload
from portal.db import transaction
from portal.evidence.template import TO_FILL_IN, Section, Template, in_xml, written
from portal.rulebook.loading import load, read_folder
from tests import factories
from tests.browser import Browser
from tests.portal.claims.rows import add_claims
from tests.portal.claims.test_listing import contoso
from tests.portal.reviews.filing import Filing
from tests.whole_app import rewriting
from tests.word_files import headings_of, parts_that_run, tables_of, texts_of

PARTNER = "incentives@contoso.example"
ROOT = Path(__file__).resolve().parents[3]
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LINK = "Download the template (Word)"


def template(browser: Browser, number: str) -> bytes:
    page = browser.visit(f"/claims/{number}/template.docx")
    name = f"proof-of-execution-{number}.docx"
    assert page.headers["Content-Disposition"].startswith(f'attachment; filename="{name}"')
    return page.content


def facts(content: bytes) -> dict[str, str]:
    return {row[0]: row[1] for table in tables_of(content) for row in table if len(row) == 2}


def test_it_says_what_the_claim_says(filing: Filing, partner: Browser) -> None:
    number = filing.draft()
    content = template(partner, number)
    claim = filing.claim(number)
    assert claim.location is not None
    assert claim.customer is not None
    said = facts(content)
    assert said["Claim"] == number
    assert said["Partner"] == claim.organization.name
    assert said["Partner location ID (MPN)"] == claim.location.code
    assert said["Customer"] == claim.customer.name
    assert said["Customer domain"] == claim.customer.domain
    assert said["Customer tenant ID"] == claim.customer.tenant_id
    assert said["Activity"] == "Use or consume"
    assert said["Customer contact"] == "Casey Lind, Head of IT, casey@adatum.example"
    assert ["Microsoft Teams"] in [row for table in tables_of(content) for row in table]
    assert {"Signature", "Date"} <= set(said)
    assert parts_that_run(content) == []
    # What it says of the proof are the policy's words. Clauses that are quoted to reviewers, about what
    # others got wrong, stand in nothing that a customer signs.
    elements = filing.desk.policies.in_force().programs.poe_elements.values()
    assert elements
    for element in elements:
        assert element.label in headings_of(content)
        assert element.means in texts_of(content)
        for clause in element.source:
            assert not any(clause in text for text in texts_of(content)), clause


def test_claims_of_policies_that_named_no_words_have_those_of_before() -> None:
    files = read_folder(ROOT / "rules")
    said = load(files).programs.proof_template
    kept, _, rest = files["programs.yaml"].partition("proof_template:")
    older = load(files | {"programs.yaml": kept + rest[rest.index("# An element") :]}).programs.proof_template
    assert older == said


def test_subscription_ids_stand_beside_their_products(filing: Filing, partner: Browser) -> None:
    (number,) = add_claims(filing, {"activity": "usage_recognition", "products": ["power_bi", "power_apps"]})
    given = Answers(
        {
            "product": ("power_bi", "power_apps"),
            "subscription_power_bi": ("SUB-1",),
            "products_shown": ("yes",),
        }
    )
    with filing.context():
        act(filing.desk, "edit", number, filing.actors[PARTNER], given)
    rows = [row for table in tables_of(template(partner, number)) for row in table]
    assert ["Power BI", "SUB-1"] in rows
    assert ["Power Apps", TO_FILL_IN] in rows
    assert ["Technical contact", TO_FILL_IN] in rows


@SQLITE
def test_an_empty_draft_has_a_template_too(filing: Filing, partner: Browser) -> None:
    (number,) = add_claims(
        filing, {"customer_id": None, "location_id": None, "activity": None, "products": []}
    )
    said = facts(template(partner, number))
    assert said["Customer"] == said["Activity"] == said["Partner location"] == TO_FILL_IN


@SQLITE
def test_the_portal_takes_the_template_back_as_a_document(filing: Filing, partner: Browser) -> None:
    number = filing.draft()
    upload = Upload("signed.docx", template(partner, number))
    with filing.context():
        act(filing.desk, "edit", number, filing.actors[PARTNER], Answers({}, (upload,)))
    partner.visit(f"/claims/{number}")
    assert "signed.docx" in partner.page.region("claim-documents")


@SQLITE
def test_it_is_offered_where_a_proof_is_asked_for_and_nowhere_else(filing: Filing, partner: Browser) -> None:
    number = filing.draft()
    for path in (f"/claims/{number}/wizard/evidence", f"/claims/{number}"):
        assert partner.visit(path).links()[LINK] == f"/claims/{number}/template.docx"
    filing.do("submit", number, PARTNER)
    assert LINK not in partner.visit(f"/claims/{number}").links()
    filing.do("start_review", number, "reviewer@operator.example")
    filing.do("reject", number, "reviewer@operator.example", reason="insufficient_poe", message="Too short.")
    assert LINK in partner.visit(f"/claims/{number}").links(), "a dispute takes an updated proof"


@SQLITE
def test_others_do_not_get_it(filing: Filing, partner: Browser) -> None:
    (number,) = add_claims(filing, {}, partner="fabrikam")
    partner.visit(f"/claims/{number}/template.docx", status=404)
    filing.browser("reviewer@operator.example").visit(f"/claims/{number}/template.docx", status=403)


@SQLITE
def test_what_xml_cannot_hold_is_left_out_and_the_rest_stays(filing: Filing, partner: Browser) -> None:
    name = "A\x00\x1b\x0b\ufffe\ud800<w:p/>&amp;=1+1\u202e{{ 7*7 }} 😀"
    with filing.context(), transaction() as session:
        customer_id = factories.customer(session, contoso(session), "Adatum\x1b <b>\x07").id
    (number,) = add_claims(filing, {"name": "=SUM(A1)\x1b\x0c", "customer_id": customer_id})
    said = facts(template(partner, number))
    assert said["Customer"] == "Adatum <b>"
    assert said["Claim name"] == "=SUM(A1)"
    assert in_xml(name) == "A<w:p/>&amp;=1+1\u202e{{ 7*7 }} 😀"
    every = Template(
        name, (name,), ((name, name),), (name,), ((name,),), ((name, name),),
        (Section(name, (name,)),), name, ((name, name),),
    )  # fmt: skip
    content = written(every)
    assert texts_of(content).count(in_xml(name)) == 13
    assert parts_that_run(content) == []


def a_sea_chart(programs: Any) -> None:
    programs["poe_elements"]["sea_chart"] = {
        "label": "Sea chart",
        "means": "It shows the way.",
        "activities": ["usage_recognition"],
        "source": ["No chart aboard"],
    }


class TestWithAnElementForOneActivity:
    @pytest.fixture
    def rules_dir(self, tmp_path: Path) -> Path:
        return rewriting.rewritten(ROOT / "rules", tmp_path / "rules", {"programs.yaml": a_sea_chart})

    @SQLITE
    def test_it_is_asked_for_in_that_activity_alone(self, filing: Filing, partner: Browser) -> None:
        number = filing.submitted()  # before the others, whose numbers are given by hand
        activities = ("usage_recognition", "use_or_consume", None)
        with_chart, without, undecided = add_claims(filing, *({"activity": code} for code in activities))
        assert "Sea chart" in headings_of(template(partner, with_chart))
        assert "It shows the way." in texts_of(template(partner, with_chart))
        assert "Sea chart" not in headings_of(template(partner, without))
        assert "Sea chart" not in headings_of(template(partner, undecided))
        policy = partner.visit("/policy").region("poe-elements")
        assert "It shows the way. Asked for in: Usage recognition" in policy
        reviewed = filing.browser("reviewer@operator.example").visit(f"/reviews/{number}")
        assert "Sea chart" not in reviewed.region("review-elements")
        assert "Customer acknowledgment" in reviewed.region("review-elements")
