"""Sentences about what was typed stay short, whatever was typed."""

import pytest

from portal.accounts.sentences import CHARACTERS_AT_MOST
from portal.claims.refusals import Invalid
from tests.browser import Browser
from tests.portal.reviews.filing import REVIEWER, Filing


def test_a_sentence_that_repeats_a_long_text_is_cut_in_its_middle() -> None:
    invalid = Invalid({"reason": f"Choose from the list; “{'x' * 5000}” is not on it.", "name": "Too long."})
    sentence = invalid.errors["reason"]
    assert len(sentence) <= CHARACTERS_AT_MOST
    assert sentence.startswith("Choose from the list; “xxx")
    assert sentence.endswith("xxx” is not on it.")
    assert invalid.errors["name"] == "Too long."
    assert len(str(invalid)) < 2 * CHARACTERS_AT_MOST


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_form_repeats_a_made_up_code_without_end(filing: Filing, partner: Browser) -> None:
    draft = filing.draft()
    version = partner.visit(f"/claims/{draft}").field("version")
    page = partner.post(f"/claims/{draft}/edit", product="y" * 20_000, version=version, status=422)
    assert "is not on it" in page.text
    assert page.text.count("y" * 300) == 0
    review = filing.under_review(product="intune")
    reviewer = filing.browser(REVIEWER)
    version = reviewer.visit(f"/reviews/{review}").field("version")
    page = reviewer.post(
        f"/reviews/{review}/rejection", reason="y" * 20_000, message="x", version=version, status=422
    )
    assert "is not on it" in page.text
    assert page.text.count("y" * 300) == 0
