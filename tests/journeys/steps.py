"""What people do in a journey: each step is one thing a person does in a browser, and nothing more."""

import csv
import io
from datetime import date
from itertools import count

from flask import Flask

from tests.browser import Browser, Page
from tests.documents import docx, pdf
from tests.factories import PASSWORD
from tests.form_filling import File, Filled, Given
from tests.page_checks import text_of

_letters = count(1)


def letter(kind: str = "pdf") -> File:
    """Return a proof of execution that nobody uploaded before: a PDF of three pages, or a DOCX."""
    number = next(_letters)
    words = (f"Proof of execution {number}", "What was done, week by week.", "Signed: Casey Lind")
    make = docx if kind == "docx" else pdf
    return make(*words, name=f"letter-{number}.{kind}")


class Somebody:
    """A person with a browser, who signs in, and again when the portal asks for it after some days."""

    place = ""  # where this person's pages of a claim are
    region = ""  # what the ids of their parts begin with

    def __init__(self, app: Flask, email: str) -> None:
        self.email = email
        self.browser = Browser(app)
        self.browser.sign_in(email, PASSWORD)

    def open(self, path: str, *, status: int = 200) -> Page:
        page = self.browser.visit(path, status=None)
        if page.path.startswith("/sign-in"):
            page = self.browser.fill_and_submit("Sign in", status=None, email=self.email, password=PASSWORD)
        assert page.status == status, f"{path}: {page.status} instead of {status}: {page.text[:400]}"
        return page

    def open_claim(self, number: str, *, status: int = 200) -> Page:
        return self.open(f"/{self.place}/{number}", status=status)

    def do(self, button: str, number: str, *, status: int = 200, **given: Given) -> Page:
        """Open the claim, fill the form of `button` and send it; return the page it leads to."""
        self.open_claim(number)
        return self.browser.fill_and_submit(button, status=status, **given)

    def fill(self, button: str, number: str, **given: Given) -> Filled:
        """Open the claim and fill the form of `button`, but do not send it yet."""
        self.open_claim(number)
        return self.browser.filled(button, **given)

    def send(self, filled: Filled, *, status: int = 200) -> Page:
        return self.browser.send_filled(filled, status=status)

    def comment(self, number: str, message: str) -> Page:
        return self.do("Comment", number, message=message)

    def standing(self, number: str) -> str:
        """Return what the claim's page says first: status, meaning, whose move and until when."""
        return self.open_claim(number).region(f"{self.region}-standing")

    def story(self, number: str) -> list[str]:
        """Return what the timeline tells, oldest first, each as "Title → Status" where the status changed.

        Saving a draft is left out: how often somebody saves tells nothing.
        """
        entries = self.open_claim(number).select("ol.timeline > li .timeline-head")
        told = []
        for entry in reversed(entries):
            title = entry.cssselect("span")[0].text_content().strip()
            badges = [badge.text_content().strip() for badge in entry.cssselect(".badge")]
            told.append(" → ".join([title, *badges]))
        return [line for line in told if line != "Save changes"]

    def reasons_against(self, action: str, number: str) -> set[str]:
        """Return the codes of why `action` cannot be done now; empty where its button can be pressed."""
        return refusals(self.open_claim(number), action)


class Partner(Somebody):
    """Somebody of a partner organization."""

    place, region = "claims", "claim"

    def begin_claim(self) -> str:
        """Create a claim and return its number, which the page shows."""
        self.open("/claims")
        self.browser.click("Create claim")
        page = self.browser.fill_and_submit("Save and go on", location=self.first_location())
        return page.path.split("/")[2]

    def first_location(self) -> str:
        """Return the value of the first location that the page offers."""
        chosen: str = self.browser.page.select("select[name=location] option:not([value=''])")[0].get("value")
        return chosen

    def choose_customer(self, number: str) -> None:
        """Choose the customer that the organization knows."""
        page = self.open(f"/claims/{number}/wizard/customer")
        known = page.select("#known input[name=customer]")[0].get("value")
        self.browser.fill_and_submit("#known", customer=known)

    def fill_claim(self, number: str, product: str = "teams", *files: File) -> Page:
        """Go through the steps behind the customer with a PDF and a DOCX; return the review page.

        `product` is one code, or several apart by blanks.
        """
        self.open(f"/claims/{number}/wizard/activity")
        self.browser.fill_and_submit("Save and go on", activity="use_or_consume")
        self.browser.fill_and_submit("Save and go on", product=product.split())
        self.browser.fill_and_submit(
            "Save and go on",
            customer_contact_name="Casey Lind",
            customer_contact_title="Head of IT",
            customer_contact_email="casey@adatum.example",
            own_contact_name="Ines Morel",
            own_contact_email=self.email,
            name=f"Adatum {product}",
        )
        page = self.browser.fill_and_submit(
            "Save and go on",
            document=list(files) or [letter(), letter("docx")],
            commentary="The letter covers this quarter.",
        )
        assert page.path.endswith("/review")
        return page

    def draft_claim(self, product: str = "teams", *files: File) -> str:
        """Go through the whole wizard for the known customer; return the number of the complete draft."""
        number = self.begin_claim()
        self.choose_customer(number)
        self.fill_claim(number, product, *files)
        return number

    def submit(self, number: str, *, status: int = 200) -> Page:
        self.open(f"/claims/{number}/wizard/review")
        return self.browser.fill_and_submit("Submit", status=status)

    def file_claim(self, product: str = "teams", *files: File) -> str:
        """File a claim through the wizard and submit it; return its number."""
        number = self.draft_claim(product, *files)
        self.submit(number)
        return number

    def resubmit(self, number: str, *, status: int = 200, **given: Given) -> Page:
        return self.do("Resubmit", number, status=status, **given)

    def dispute(self, number: str, *, status: int = 200, **given: Given) -> Page:
        return self.do("Dispute", number, status=status, **given)

    def disassociate(self, number: str, reason: str) -> Page:
        return self.do("Disassociate customer", number, reason=reason)

    def request_rejection(self, number: str, reason: str) -> Page:
        return self.do("Request rejection", number, reason=[reason])

    def rows(self) -> dict[str, dict[str, str]]:
        """Return the rows of the CSV file by claim number."""
        content = self.open("/claims.csv").content.decode("utf-8-sig")
        return {row["Claim"]: row for row in csv.DictReader(io.StringIO(content))}

    def finds(self, number: str, status: str, move: str, until: date | None = None) -> Page:
        """Raise AssertionError unless page and CSV agree on status, whose move it is and until when."""
        row = self.rows()[number]
        expected = (status, move, until.isoformat() if until else "")
        found = (row["Status"], row["Whose move"], row["Until (end of day)"])
        assert found == expected, f"The CSV file says {found}, not {expected}."
        page = self.open_claim(number)
        seen = (page.texts("#claim-standing .badge")[0], fact(page, "Whose move"))
        assert seen == expected[:2], f"The page says {seen}, not {expected[:2]}."
        standing = page.region("claim-standing")
        words = f"{until.day} {until:%B %Y}, end of day" if until else "end of day"
        assert (words in standing) is bool(until), f"The page does not say {until}: {standing}"
        return page


class Reviewer(Somebody):
    """Somebody who reviews."""

    place, region = "reviews", "review"

    def start_review(self, number: str) -> Page:
        return self.do("Start review", number)

    def approve(self, number: str, *, status: int = 200) -> Page:
        return self.do("Approve", number, status=status)

    def reject(self, number: str, message: str = "Page 2 is missing.") -> Page:
        return self.do("Reject", number, reason=["insufficient_poe"], message=message)

    def request_information(self, number: str, reason: str, message: str, *remove: str) -> Page:
        return self.do("Ask for information", number, reason=[reason], message=message, remove=list(remove))

    def approve_dispute(self, number: str) -> Page:
        return self.do("Approve the dispute", number)

    def deny_dispute(self, number: str, message: str) -> Page:
        return self.do("Deny the dispute", number, reason=["insufficient_poe"], message=message)

    def settle(self, number: str) -> Page:
        return self.do("Settle in favor of this claim", number)


class Customer:
    """The customer's contact, who never signs in: the link in the mail is all they have."""

    def __init__(self, app: Flask, link: str) -> None:
        self.link = link
        self.browser = Browser(app)

    def reads(self) -> Page:
        return self.browser.visit(self.link)

    def declines(self) -> Page:
        self.reads()
        return self.browser.fill_and_submit("Decline")

    def agrees(self) -> Page:
        self.reads()
        return self.browser.fill_and_submit("Agree")

    def finds_the_link_void(self) -> Page:
        return self.browser.visit(self.link, status=404)


def fact(page: Page, term: str) -> str:
    """Return what a page says beside `term`; raises AssertionError where the term is not on it."""
    rows = page.select("dl.facts > div, dl.review-strip > div, dl.standing-now > div")
    found = [row for row in rows if text_of(row[0]) == term]
    assert found, f"{page.path} does not tell {term!r}: {page.text[:400]}"
    return text_of(found[0][1])


def refusals(page: Page, action: str) -> set[str]:
    """Return the codes of the reasons beside the button of `action` on a page of a claim."""
    found = page.select(f"#action-{action}")
    assert found, f"{page.path} does not show {action}: there are {page.buttons()}."
    return set(found[0].xpath(".//@data-reason"))
