"""What a proof pack holds, for whom, and how it is handed over."""

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select

from portal.claims.model import Claim, ClaimDocument
from portal.claims.refusals import Refused
from portal.db import db, transaction
from portal.proof.keys import public_pem
from portal.proof.verifying import verify
from tests.portal.claims.test_documents_read import readings
from tests.portal.incentives.sheets import earn, subscribe
from tests.portal.proof.packs import PARTNER, files_of, lived, pack_of
from tests.portal.reviews.filing import REVIEWER, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BESIDE = {"manifest.json", "manifest.sig", "SHA256SUMS", "SHA256SUMS.sig"}


def text_of(files: dict[str, bytes]) -> str:
    return " ".join(html.fromstring(files["index.html"]).text_content().split())


def test_a_pack_tells_its_claim_whole(filing: Filing, number: str, file: Path) -> None:
    files = files_of(file.read_bytes())
    manifest = json.loads(files["manifest.json"])
    assert {one["path"] for one in manifest["files"]} == set(files) - BESIDE
    for one in manifest["files"]:
        content = files[one["path"]]
        assert (one["size"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert manifest["claim"] == number
    assert manifest["made_by"] == "Incentives of Contoso, Contoso"
    assert manifest["made_at"] == filing.clock.now().isoformat()
    assert {name for name in files if name.startswith("documents/")} == {
        "documents/letter.pdf",
        "documents/dates_ Q2.pdf",
    }
    told = text_of(files)
    for words in ("Contoso claims the association with Adatum", "Approved", "The work is not shown.",
                  "It is on page one.", "Which quarter was that?", "How to verify this pack",
                  hashlib.sha256(files["documents/letter.pdf"]).hexdigest()):  # fmt: skip
        assert words in told, words


def test_every_decision_of_an_event_is_explained_by_its_facts(number: str, file: Path) -> None:
    files = files_of(file.read_bytes())
    events = json.loads(files["audit/events.json"])["events"]
    decisions = {name: json.loads(files[name]) for name in files if name.startswith("decisions/")}
    assert [f"decisions/{event['decision']}.json" for event in events if event["decision"]] == list(decisions)
    resubmit = next(one for one in decisions.values() if one["question"] == "resubmit")
    assert resubmit["outcome"] == "allowed"
    assert resubmit["facts"]["claim"]["claim.status"] == "partner_action_required"
    assert f"policy/{resubmit['policy_version']}/lifecycle.yaml" in files
    assert {one["rule"] for one in resubmit["rules_asked"]}


@SQLITE
def test_eligibility_comes_with_its_clause_and_the_values_compared(filing: Filing) -> None:
    number = filing.approved()
    subscribe(filing, state="suspended")
    filing.wait(days=9)
    filing.do("comment", number, PARTNER, message="And now?")  # what is due happens first
    files = files_of(pack_of(filing, number, PARTNER))
    decided = [json.loads(files[name]) for name in files if name.startswith("decisions/")]
    answer = next(one for one in decided if one["question"] == "eligibility")
    assert answer["outcome"] == "not_eligible"
    assert answer["reasons"][0]["source"]
    assert answer["reasons"][0]["comparisons"][0]["words"] in text_of(files)
    reviewers = files_of(pack_of(filing, number, REVIEWER))
    assert not [name for name in reviewers if b'"eligibility"' in reviewers[name] and name.endswith(".json")]


IMPORT = (
    "The operator: Import that the customer has a subscription in use for a product of this claim, "
    "as soon as they have one (Active)."
)


@SQLITE
def test_what_would_change_the_eligibility_is_told_with_when_it_was_found(
    filing: Filing, tmp_path: Path
) -> None:
    number = filing.approved()
    by_itself = "What would change it: By itself: “The customer’s time to decline” ends."
    assert by_itself in text_of(files_of(pack_of(filing, number, PARTNER)))
    subscribe(filing, state="suspended")
    filing.wait(days=9)
    filing.do("comment", number, PARTNER, message="And now?")  # what is due happens first
    (file := tmp_path / "pack.zip").write_bytes(pack_of(filing, number, PARTNER))
    assert verify(file).findings == ()
    files = files_of(file.read_bytes())
    told = text_of(files)
    assert f"What would change it: {IMPORT} Found when this pack was made." in told
    assert f"What would have changed it then: {IMPORT} Found when this pack" in told
    decided = [json.loads(files[name]) for name in files if name.startswith("decisions/")]
    (found,) = [one["would_have_changed_it"] for one in decided if one["would_have_changed_it"]]
    assert found["found_at"] == filing.clock.now().isoformat()
    assert [(one["who"], one["subject"]) for one in found["changes"]] == [("operator", "Active")]
    reviewers = files_of(pack_of(filing, number, REVIEWER))
    assert not any(IMPORT.encode() in content for content in reviewers.values())
    assert "What would change it" not in text_of(reviewers)


@SQLITE
def test_a_pack_says_that_nothing_can_change_what_is_fixed(filing: Filing) -> None:
    number = filing.under_review()
    with filing.context(), transaction() as session:
        session.scalars(select(Claim).where(Claim.number == number)).one().activity = "usage_recognition"
    filing.do("approve", number, REVIEWER)
    told = text_of(files_of(pack_of(filing, number, PARTNER)))
    assert "Nothing can change it for this claim: it follows from" in told


@SQLITE
def test_money_is_told_to_those_who_may_read_it(filing: Filing) -> None:
    number = filing.approved()
    earn(filing, {"claim": number, "amount": "1234.50"})
    assert "EUR 1,234.50" in text_of(files_of(pack_of(filing, number, PARTNER)))
    told = text_of(files_of(pack_of(filing, number, REVIEWER)))
    assert "1,234.50" not in told
    assert "Incentive eligibility" not in told


def test_a_partner_learns_no_name_of_a_reviewer_and_no_fact_of_operators(filing: Filing) -> None:
    number = filing.under_review()
    reviewer2 = filing.actors["reviewer2@operator.example"].person_id
    filing.do("reassign", number, REVIEWER, reviewer=str(reviewer2), message="She knows the customer.")
    filing.do("approve", number, "reviewer2@operator.example")
    mine, theirs = (files_of(pack_of(filing, number, email)) for email in (PARTNER, REVIEWER))
    policy = {name: content for name, content in mine.items() if name.startswith("policy/")}
    for name in mine.keys() - policy.keys():
        for words in (b"Reviewer of", b"Reviewer2", b"other_partner", b"She knows", b"settled", b"actor_id"):
            assert words not in mine[name], (name, words)
    assert b"She knows" in theirs["audit/events.json"]
    assert b"Reviewer2 of" in theirs["index.html"]
    approved = next(json.loads(mine[name]) for name in mine if b'"question": "approve"' in mine[name])
    assert approved["complete"] is False
    assert "can be made again from this pack alone" in text_of(mine)


def test_reviewers_are_not_told_what_a_draft_said(filing: Filing) -> None:
    number = filing.draft()
    for name in ("A name that nobody is to see", "Autumn"):
        filing.do("edit", number, PARTNER, name=name)
    filing.do("submit", number, PARTNER)
    filing.do("start_review", number, REVIEWER)
    for email, told in ((PARTNER, True), (REVIEWER, False)):
        files = files_of(pack_of(filing, number, email))
        assert told == any(b"nobody is to see" in content for content in files.values())
        assert b"Autumn" in files["index.html"]


def test_attempts_that_were_refused_are_nobodys_to_know(filing: Filing, number: str) -> None:
    before = files_of(pack_of(filing, number, PARTNER))
    with pytest.raises(Refused):
        filing.do("approve", number, REVIEWER)
    assert files_of(pack_of(filing, number, PARTNER)) == before


def test_equal_claims_make_equal_packs(filing: Filing, number: str) -> None:
    assert pack_of(filing, number, PARTNER) == pack_of(filing, number, PARTNER)


@SQLITE
def test_each_reading_of_a_document_is_recorded(filing: Filing, number: str) -> None:
    pack_of(filing, number, PARTNER)
    assert readings(filing, number) == []
    pack_of(filing, number, REVIEWER)
    assert [names for _, names in readings(filing, number)] == [["letter.pdf"], ["dates: Q2.pdf"]]


@SQLITE
def test_a_pack_that_would_be_too_large_is_told(app: Flask, filing: Filing, number: str) -> None:
    object.__setattr__(app.extensions["desk"].settings, "archive_bytes_at_most", 10)
    page = filing.browser(PARTNER).visit(f"/claims/{number}/proof-pack.zip", status=422)
    assert "one by one on the claim’s page" in page.text


@SQLITE
def test_a_document_that_is_gone_is_named_and_not_vouched_for(filing: Filing, number: str) -> None:
    with filing.context():
        row = db.session.scalars(select(ClaimDocument).order_by(ClaimDocument.id)).first()
        assert row is not None
        filing.desk.files.path(row.sha256).unlink()
        sha256 = row.sha256
    files = files_of(pack_of(filing, number, PARTNER))
    assert json.loads(files["manifest.json"])["not_included"] == [sha256]
    assert "not kept any more" in text_of(files)


@SQLITE
def test_the_page_needs_nothing_from_outside(file: Path) -> None:
    page = html.fromstring(files_of(file.read_bytes())["index.html"])
    assert not page.xpath("//script | //link | //img | //iframe")
    links = [link for _, _, link, _ in page.iterlinks()]
    assert [link for link in links if ":" in link or link.startswith("/")] == []
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as whole:
        names = set(whole.namelist())
    ids = {f"#{one}" for one in page.xpath("//@id")}
    assert {link.replace("%20", " ") for link in links} <= names | ids


@SQLITE
def test_both_pages_of_a_claim_lead_to_its_pack(filing: Filing, number: str) -> None:
    for email, page in ((PARTNER, "claims"), (REVIEWER, "reviews")):
        links = filing.browser(email).visit(f"/{page}/{number}").select("a[download]")
        assert f"/{page}/{number}/proof-pack.zip" in [link.get("href") for link in links]


@SQLITE
def test_plain_commands_verify_a_pack_as_its_readme_says(filing: Filing, file: Path, tmp_path: Path) -> None:
    if shutil.which("openssl") is None or shutil.which("sha256sum") is None:
        pytest.skip("openssl or sha256sum is missing")
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(file) as whole:
        whole.extractall(folder)
    (folder / "operator-key.pem").write_bytes(public_pem(filing.desk.secret))
    lines = (folder / "README.txt").read_text().splitlines()
    commands = [line.strip() for line in lines if line.strip().startswith(("openssl", "sha256sum"))]
    assert len(commands) == 4

    def fails() -> list[str]:
        run = {line: subprocess.run(["sh", "-c", line], cwd=folder, check=False) for line in commands}
        return [line for line, ended in run.items() if ended.returncode]

    assert fails() == []
    # Whoever changes a document and the sums alike is found by the signature of the sums.
    document = folder / "documents" / "letter.pdf"
    was = hashlib.sha256(document.read_bytes()).hexdigest()
    document.write_bytes(b"another letter")
    assert fails() == ["sha256sum -c SHA256SUMS"]
    sums = folder / "SHA256SUMS"
    sums.write_text(sums.read_text().replace(was, hashlib.sha256(b"another letter").hexdigest()))
    assert [line for line in fails() if "SHA256SUMS.sig" in line] == fails() != []


@SQLITE
def test_documents_of_one_name_are_two_files(filing: Filing) -> None:
    number = lived(filing)
    other = lived(filing, product="intune")
    assert set(files_of(pack_of(filing, number, PARTNER))) & {"documents/letter.pdf"}
    assert number not in text_of(files_of(pack_of(filing, other, PARTNER)))
