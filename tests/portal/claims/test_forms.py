"""Forms of actions made from the policy: every type of ask, and a transition that only a file knows."""

import shutil
from pathlib import Path

import pytest

from tests.browser import Browser, Page
from tests.documents import pdf
from tests.portal.reviews.filing import Filing

ROOT = Path(__file__).resolve().parents[3]

ADDED = """
  escalate:
    label: Escalate
    path: [claims/escalation]
    moves: {submitted: submitted}
    by: claims.comment
    asks:
      message: {type: text, need: required, label: What is wrong, hint: In a few sentences.}
      cause: {type: codes, need: required, of: information_reasons, label: Cause}
      affected: {type: products, need: one_of, label: Products concerned}
      proof: {type: documents, need: one_of, label: Proof}
      place: {type: location, need: optional, label: Location concerned}
      since: {type: date, need: optional, label: Since when}
      whom: {type: person, need: optional, of: reviews.decide, label: For whom}
    effects: [post_message, take_documents]
    confirm: The operator is told. Escalate the claim?
    decided: true

  # ── at any time ──
"""


@pytest.fixture
def rules_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", folder)
    file = folder / "lifecycle.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count("\n  # ── at any time ──\n") == 1
    file.write_text(text.replace("\n  # ── at any time ──\n", ADDED), encoding="utf-8")
    return folder


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def page(filing: Filing, partner: Browser) -> Page:
    return partner.visit(f"/claims/{filing.submitted()}")


def test_every_ask_has_its_field_with_label_and_hint(page: Page) -> None:
    form = page.select("form[action$='/escalation']")[0]
    assert "In a few sentences." in form.text_content()
    assert "The operator is told. Escalate the claim?" in form.text_content()
    kinds = {
        field.get("name"): (field.tag, field.get("type"))
        for field in form.cssselect("input, select, textarea")
        if field.get("type") != "hidden"
    }
    assert kinds == {
        "message": ("textarea", None),
        "cause": ("input", "checkbox"),
        "affected": ("input", "checkbox"),
        "proof": ("input", "file"),
        "place": ("select", None),
        "since": ("input", "date"),
        "whom": ("select", None),
    }
    labels = " ".join(label.text_content() for label in form.cssselect("label, legend"))
    for words in ("What is wrong", "Cause", "Products concerned", "Proof", "Since when", "For whom"):
        assert words in labels


def test_the_choices_are_those_of_the_claim_and_the_policy(page: Page) -> None:
    form = page.select("form[action$='/escalation']")[0]
    assert [box.get("value") for box in form.cssselect("[name=affected]")] == ["teams"]
    assert len(form.cssselect("[name=cause]")) == 5
    people = [option.text_content() for option in form.cssselect("[name=whom] option")]
    assert people[1:] == ["Reviewer of Program operator", "Reviewer2 of Program operator"]


def test_an_action_that_only_the_file_knows_works(page: Page, partner: Browser) -> None:
    after = partner.fill_and_submit(
        "Escalate",
        message="Nobody answers.",
        cause=["missing_products"],
        proof=pdf("Minutes", name="minutes.pdf"),
        since="2026-11-01",
    )
    assert after.texts(".comment") == ["Nobody answers."]
    assert "minutes.pdf" in after.region("claim-documents")
    assert "Escalate" in after.region("claim-timeline")


def test_what_is_missing_is_told_and_what_was_given_is_kept(page: Page, partner: Browser) -> None:
    back = partner.fill_and_submit(
        "Escalate", status=422, message="Nobody\nanswers.", affected=[], since="2026-11-01"
    )
    assert {"missing_cause", "nothing_given"} <= back.reasons()
    assert back.select("#action-escalate-message")[0].text.strip() == "Nobody\nanswers."
    assert back.field("since") == "2026-11-01"
    assert back.select("#action-escalate details[open]")
    back = partner.fill_and_submit("Escalate", status=422, cause=["missing_products", "missing_all_poe"])
    checked = {box.get("value") for box in back.select("[name=cause][checked]")}
    assert checked == {"missing_products", "missing_all_poe"}


def test_codes_that_the_catalog_does_not_have_are_refused(page: Page, partner: Browser) -> None:
    back = partner.post(
        f"{page.path}/escalation", status=422, message="x", cause="made_up", affected="teams", version="3"
    )
    assert "Choose from the list" in back.text or "changed in between" in back.text
