"""Imports in Chromium: a file with mistakes is mended, imported twice and undone; and a long file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from portal.settings import Settings
from portal.work.loop import run_once
from tests.e2e.conftest import Window
from tests.e2e.keyboard import WITH_AND_WITHOUT
from tests.portal.imports.conftest import ADMIN, SUBSCRIPTION, Imports, sheet, subscriptions
from tests.portal.imports.earnings import Earnings, Said
from tests.portal.reviews.filing import Filing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
LINES = [Said("L-1", 123450, "EUR"), Said("L-2", -5000, "EUR"), Said("L-3", 990, "USD")]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"import_rows_at_once": 50})


def press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()


def upload(page: Page, kind: str, path: Path) -> None:
    page.goto("/imports")
    page.get_by_role("radio", name=kind).check()
    page.get_by_label("File", exact=True).set_input_files(path)
    press(page, "Check the file")


def accessible(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()


@WITH_AND_WITHOUT
def test_a_file_with_mistakes_is_mended_imported_twice_and_undone(
    filing: Filing, window: Window, tmp_path: Path, scripts: bool
) -> None:
    imports = Imports(filing)
    earnings = Earnings(imports)
    path = tmp_path / "november.csv"
    page = window(ADMIN, scripts=scripts)
    page.on("dialog", lambda dialog: dialog.accept())
    look: Callable[[Page], None] = accessible if scripts else lambda _page: None

    right = earnings.file(LINES)
    path.write_bytes(right.replace(b"-50.00", b"fifty").replace(b"USD", b"US"))
    upload(page, "Earnings and payouts", path)
    expect(page.get_by_text("Has mistakes")).to_be_visible()
    rows = page.locator("#import-mistakes tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("amount")
    expect(rows.nth(0)).to_contain_text("fifty")
    expect(rows.nth(1)).to_contain_text("It is no currency.")
    expect(page.get_by_role("button", name="Use these rows")).to_have_count(0)
    look(page)

    path.write_bytes(right)
    for _ in range(2):  # the second time everything is known, and nothing counts twice
        upload(page, "Earnings and payouts", path)
        look(page)
        press(page, "Use these rows")
        expect(page.locator("#import-standing")).to_contain_text("In use")
        assert earnings.counting() == set(LINES)
    expect(page.locator("#import-standing")).to_contain_text("they count once")
    look(page)
    page.goto("/imports")
    look(page)

    for left in (set(LINES), set()):  # what the other import brought too counts until that is undone
        page.goto("/imports")
        with page.expect_navigation():
            page.locator("tr", has_text="In use").first.get_by_role("link").click()
        press(page, "Undo the import")
        expect(page.locator("#import-standing")).to_contain_text("Undone")
        assert earnings.counting() == left


def test_the_page_of_a_long_file_follows_its_reading(filing: Filing, window: Window, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(subscriptions(60))
    page = window(ADMIN, 390)
    upload(page, "Subscriptions", path)
    expect(page.get_by_text("0 of 60 rows checked")).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    with filing.context():
        run_once(filing.desk)
    expect(page.get_by_role("button", name="Use these rows")).to_be_visible(timeout=15_000)


def test_a_wrong_file_is_told_where_it_was_chosen(filing: Filing, window: Window, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_bytes(sheet([{"tenant": SUBSCRIPTION["tenant_id"]}]))
    page = window(ADMIN)
    upload(page, "Subscriptions", path)
    expect(page.get_by_role("alert")).to_contain_text("Did you mean “tenant_id”?")
    expect(page.get_by_role("radio", name="Subscriptions")).to_be_checked()
    accessible(page)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_name_of_a_column_stands_in_one_line_beside_what_was_typed(
    filing: Filing, window: Window, width: int
) -> None:
    imports = Imports(filing)
    earnings = Earnings(imports)
    typed = "W" * 90
    wrong = earnings.file(LINES).replace(earnings.row["payment_status"].encode(), typed.encode())
    import_id = imports.checked(wrong, "earnings")
    page = window(ADMIN, width, at=f"/imports/{import_id}")
    cell = page.locator("#import-mistakes td", has_text="payment_status").first
    lines = "cell => { const text = document.createRange(); text.selectNodeContents(cell); %s }"
    assert cell.evaluate(lines % "return text.getClientRects().length") == 1
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    frame = page.locator("#import-mistakes .table-frame")
    assert frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth")


def test_on_a_narrow_screen_a_cell_that_links_an_import_stays_one_sentence(
    filing: Filing, window: Window
) -> None:
    imports = Imports(filing)
    imports.used(subscriptions(2))
    wrong = imports.checked(subscriptions(2, state="suspended"))
    for _ in range(2):
        imports.checked(subscriptions(3, start=5))
    page = window(ADMIN, 390)
    for path, region in ((f"/imports/{wrong}", "#import-mistakes"), ("/imports", "main")):
        page.goto(path)
        cell = page.locator(f"{region} td:has(a)").first
        label = "cell => parseFloat(getComputedStyle(cell).gridTemplateColumns)"
        link, whole = cell.get_by_role("link").bounding_box(), cell.bounding_box()
        assert link is not None
        assert whole is not None
        assert link["x"] > whole["x"] + cell.evaluate(label), "the link stands below the name of the cell"
