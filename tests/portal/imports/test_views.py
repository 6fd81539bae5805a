"""The pages of imports, as an operator admin uses them."""

import csv
import io

import pytest

from portal.accounts.kept_views import LEFT
from portal.imports.setbacks import put_off
from portal.settings import Settings
from portal.work.loop import run_once
from tests.browser import Browser
from tests.form_filling import File
from tests.portal.imports.conftest import ADMIN, SUBSCRIPTION, Imports, sheet, subscriptions
from tests.portal.imports.earnings import Earnings, Said

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = SQLITE


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"imports_per_page": 2, "import_rows_at_once": 50})


@pytest.fixture
def admin(imports: Imports) -> Browser:
    browser = imports.filing.browser(ADMIN)
    browser.visit("/imports")
    return browser


def upload(admin: Browser, content: bytes, name: str = "november.csv", status: int = 200) -> None:
    admin.visit("/imports")
    admin.fill_and_submit("Check the file", kind="subscriptions", file=File(name, content), status=status)


def test_a_file_is_checked_used_and_undone(imports: Imports, admin: Browser) -> None:
    assert "No file was imported yet" in admin.page.text
    upload(admin, subscriptions(3))
    assert admin.page.heading == "november.csv"
    assert "Ready to use" in admin.page.region("import-standing")
    assert imports.live() == set()
    page = admin.fill_and_submit("Use these rows")
    assert "In use" in page.region("import-standing")
    assert len(imports.live()) == 3
    page = admin.fill_and_submit("Undo")
    assert "Undone" in page.region("import-standing")
    assert imports.live() == set()
    assert page.buttons() == ["Sign out"]
    name = imports.actor.name
    assert page.texts("#import-history .timeline-head > :first-child") == ["Undone", "Rows used", "Uploaded"]
    assert page.region("import-history").count(name) == 3


def test_where_two_imports_bring_the_same_rows_pages_tell_what_using_and_undoing_change(
    imports: Imports, admin: Browser
) -> None:
    upload(admin, subscriptions(3))
    assert "nothing changes now" not in admin.page.text
    admin.fill_and_submit("Use these rows")
    upload(admin, subscriptions(2))
    assert "nothing changes now" in admin.page.region("import-actions")
    assert "partners see them" not in admin.page.region("import-actions")
    admin.fill_and_submit("Use these rows")
    page = admin.fill_and_submit("Undo")
    assert "2 of its rows go on counting by another import" in page.region("import-standing")
    assert len(imports.live()) == 3
    admin.visit("/imports/1")
    page = admin.fill_and_submit("Undo")
    assert "None of its rows counts now" in page.region("import-standing")


def test_of_two_that_contradict_each_other_list_and_page_of_the_later_say_so_before_it_is_used(
    imports: Imports, admin: Browser
) -> None:
    upload(admin, subscriptions(2, state="suspended"), "late.csv")
    late = imports.checked(subscriptions(2))
    page = admin.visit(f"/imports/{late}")
    assert "Ready to use" in page.region("import-standing")
    assert "import 1" not in page.region("import-actions")
    admin.visit("/imports/1")
    admin.fill_and_submit("Use these rows")
    assert [row["State"] for row in admin.visit("/imports").rows()] == ["Contradicted", "In use"]
    page = admin.visit(f"/imports/{late}")
    assert "Contradicted" in page.region("import-standing")
    assert "2 of its rows" in page.region("import-standing")
    assert "New rows0 Contradicted rows2 Known rows0" in page.region("import-standing")
    assert page.select("#import-actions a[href='/imports/1']")[0].text_content() == "import 1"
    admin.visit("/imports/1")
    admin.fill_and_submit("Undo")
    assert [row["State"] for row in admin.visit("/imports").rows()] == ["Ready to use", "Undone"]
    assert "Ready to use" in admin.visit(f"/imports/{late}").region("import-standing")


def test_a_contradicted_file_is_checked_once_more_and_lists_its_rows(
    imports: Imports, admin: Browser
) -> None:
    upload(admin, subscriptions(2, state="suspended"), "late.csv")
    late = imports.checked(subscriptions(2))
    admin.visit("/imports/1")
    admin.fill_and_submit("Use these rows")
    page = admin.visit(f"/imports/{late}")
    assert "after that it has to be uploaded again" in page.region("import-actions")
    page = admin.fill_and_submit("Check it once more", status=409)
    assert "What counts by import 1 says something else" in page.text
    assert "Undo that import and upload this file again" in page.text
    linked = [(one.get("href"), one.text_content()) for one in page.select("#import-mistakes td a")]
    assert linked == [("/imports/1", "import 1")] * 2
    admin.visit("/imports/1")
    admin.fill_and_submit("Undo")
    assert "Has mistakes" in admin.visit(f"/imports/{late}").region("import-standing")


def test_of_a_file_that_waits_twice_both_pages_and_the_list_say_so(imports: Imports, admin: Browser) -> None:
    def told(number: int) -> list[tuple[str | None, str]]:
        page = admin.visit(f"/imports/{number}")
        return [(one.get("href"), one.text_content()) for one in page.select("#import-twice a")]

    first = imports.checked(subscriptions(3))
    imports.checked(subscriptions(2))
    assert told(first) == []
    second = imports.take(subscriptions(3), name="again.csv")
    assert (told(first), told(second)) == ([("/imports/3", "import 3")], [("/imports/1", "import 1")])
    assert "discard the other" in admin.page.region("import-twice")
    page = admin.visit("/imports")
    assert [bool(row["State"].partition("Same file as ")[2]) for row in page.rows()] == [True, False]
    assert page.select("td a[href='/imports/1']")
    imports.read(second)
    admin.visit(f"/imports/{second}")
    admin.fill_and_submit("Use these rows")
    assert (told(first), told(second)) == ([], [])
    assert "Same file" not in admin.visit("/imports").text


def test_mistakes_are_told_cell_by_cell_and_handed_over_safely(imports: Imports, admin: Browser) -> None:
    rows = [SUBSCRIPTION | {"state": "=cmd|' /C calc'!A0"}, SUBSCRIPTION | {"tenant_id": "", "as_of": "x"}]
    upload(admin, sheet(rows))
    assert "Has mistakes" in admin.page.region("import-standing")
    assert [(row["Row"], row["Column"], row["What stands there"]) for row in admin.page.rows()] == [
        ("2", "state", "=cmd|' /C calc'!A0"),
        ("3", "tenant_id", "—"),
        ("3", "as_of", "x"),
    ]
    assert "Use these rows" not in admin.page.buttons()
    page = admin.click("Download the mistakes (CSV)")
    assert page.headers["Content-Disposition"].startswith("attachment")
    written = list(csv.reader(io.StringIO(page.content.decode("utf-8-sig"))))
    assert written[1][:3] == ["2", "state", "'=cmd|' /C calc'!A0"]
    assert len(written) == 4


@pytest.mark.parametrize(
    ("kind", "content", "field", "told"),
    [
        ("subscriptions", b"a,b\n1,2\n", "file", "The column “tenant_id” is missing."),
        ("earnings", subscriptions(1), "file", "The columns are those of “Subscriptions”. Choose that kind"),
        ("subscriptions", b"PK\x03\x04 no workbook", "file", "The workbook is damaged."),
        ("subscriptions", None, "file", "Choose a file first"),
        ("", subscriptions(1), "kind", "Choose what the rows of the file are."),
    ],
)
def test_a_wrong_file_is_told_in_the_form_which_keeps_what_was_chosen(
    admin: Browser, kind: str, content: bytes | None, field: str, told: str
) -> None:
    given = {"file": File("a.csv", content)} if content is not None else {}
    chosen = {"kind": kind} if kind else {}
    page = admin.fill_and_submit("Check the file", status=422, **given, **chosen)
    assert told in page.region("import-form")
    assert page.texts("#error-summary a")[0].startswith(told)
    assert [one.get("value") for one in page.select("input[name=kind][checked]")] == ([kind] if kind else [])
    assert "No file was imported yet" in page.text


def test_a_file_whose_kind_was_not_chosen_is_asked_for_again(admin: Browser) -> None:
    page = admin.fill_and_submit("Check the file", status=422, file=File("a.csv", subscriptions(1)))
    assert page.texts("#error-summary a")[1].startswith("Choose a.csv once more")


def test_what_was_chosen_is_kept_when_the_page_is_left_and_gone_when_the_file_arrives(admin: Browser) -> None:
    values = dict(admin.filled("Check the file", kind="earnings").values)
    assert admin.page.select("#import-form")[0].get("data-keeps") == "/imports"
    answer = admin.client.post(
        "/imports", base_url="http://localhost", data=values, headers={LEFT: "/imports"}
    )
    assert answer.status_code == 204
    assert "You left a form" in admin.visit("/policy").text
    kept = admin.visit("/imports")
    assert "earnings" in kept.region("kept-form")
    upload(admin, subscriptions(1))
    assert "You left" not in admin.visit("/imports").text


def test_the_page_tells_what_a_file_comes_to_before_it_is_used(imports: Imports, admin: Browser) -> None:
    earnings = Earnings(imports)
    imports.used(earnings.file([Said("L-1", 1000, "EUR")]), "earnings")
    import_id = imports.checked(
        earnings.file([Said("L-1", 1000, "EUR"), Said("L-2", 2050, "EUR"), Said("L-3", -1, "USD")]),
        "earnings",
    )
    page = admin.visit(f"/imports/{import_id}")
    told = page.region("import-totals")
    assert "All of EUR 2 EUR 30.50 EUR 20.50" in told
    assert "All of USD 1 −USD 0.01 −USD 0.01" in told
    page = admin.fill_and_submit("Use these rows")
    assert "New of this" not in page.region("import-totals")
    admin.fill_and_submit("Undo")
    assert not admin.page.select("#import-totals")


def test_a_long_file_shows_how_far_it_is_and_then_all_of_the_page(imports: Imports, admin: Browser) -> None:
    upload(admin, subscriptions(60))
    standing = admin.page.select("#import-standing")[0]
    assert "0 of 60 rows checked" in admin.page.region("import-standing")
    progress = standing.get("data-hx-get")
    page = admin.fragment(progress)
    assert "HX-Refresh" not in page.headers
    assert page.select("#import-standing")[0].get("data-hx-trigger") == "every 2s"
    import_id = int(progress.split("/")[2])
    imports.read(import_id)
    page = admin.fragment(progress)
    assert page.headers["HX-Refresh"] == "true"
    assert page.select("#import-standing")[0].get("data-hx-get") is None
    assert "Use these rows" in admin.visit(f"/imports/{import_id}").buttons()


def test_what_keeps_a_file_from_being_read_is_told_and_tried_again_when_somebody_asks(
    imports: Imports, admin: Browser
) -> None:
    upload(admin, subscriptions(60))
    path = imports.importer.files.path(imports.row(1).sha256)
    content = path.read_bytes()
    path.unlink()

    def work() -> None:
        with imports.filing.context():
            run_once(imports.filing.desk)

    work()
    assert [row["State"] for row in admin.visit("/imports").rows()] == ["Could not be checked"]
    page = admin.visit("/imports/1")
    assert "Could not be checked" in page.region("import-standing")
    assert "begins within a minute" not in page.text
    told = page.region("import-setback")
    assert "The file could not be read" in told
    assert "It was tried 1 time." in told
    path.write_bytes(content)
    work()
    assert imports.row(1).state == "reading"
    page = admin.fill_and_submit("Try again now")
    assert "Another try asked for" in page.region("import-history")
    retry = admin.filled("Try again now")
    work()
    assert imports.row(1).state == "ready"
    assert not admin.visit("/imports/1").select("#import-setback")
    assert "Nothing failed" in admin.send_filled(retry, status=409).region("import-refused")


def test_what_keeps_claims_from_being_decided_is_told_on_page_and_list(
    imports: Imports, admin: Browser
) -> None:
    used = imports.used(subscriptions(2))
    with imports.filing.context():
        put_off(used, "in_use", imports.importer.clock.now(), "CL-2026-000001: KeyError: 'x'")
    assert [row["State"] for row in admin.visit("/imports").rows()] == ["In useClaims not decided yet"]
    told = admin.visit(f"/imports/{used}").region("import-setback")
    assert "Claims could not be decided again" in told
    assert "CL-2026-000001" in told


def test_what_somebody_else_did_meanwhile_is_told(imports: Imports, admin: Browser) -> None:
    upload(admin, subscriptions(1))
    use, discard = admin.filled("Use these rows"), admin.filled("Discard")
    admin.send_filled(use)
    assert "in use already" in admin.send_filled(use, status=409).region("import-refused")
    assert "Undo it first" in admin.send_filled(discard, status=409).region("import-refused")
    admin.fill_and_submit("Undo")
    assert "was undone" in admin.send_filled(use, status=409).region("import-refused")


def test_what_is_discarded_never_counted(imports: Imports, admin: Browser) -> None:
    upload(admin, subscriptions(1))
    page = admin.fill_and_submit("Discard")
    assert "Discarded" in page.region("import-standing")
    assert imports.count() == 0


def test_the_file_is_handed_over_as_it_was(imports: Imports, admin: Browser) -> None:
    content = subscriptions(2)
    upload(admin, content, name="Übersicht.csv")
    page = admin.click("Download the rows as they were uploaded (CSV)")
    assert page.content == content
    assert page.headers["Content-Type"].startswith("text/csv")
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Content-Disposition"].endswith("%C3%9Cbersicht.csv")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ["subscriptions", "earnings"])
def test_templates_can_be_filled_in(imports: Imports, admin: Browser, kind: str, ending: str) -> None:
    template = admin.visit(f"/imports/{kind}/template.{ending}").content
    admin.visit("/imports")
    admin.fill_and_submit("Check the file", kind=kind, file=File(f"{kind}.{ending}", template))
    # The example of earnings is of a claim that is nowhere; nothing else is wrong with it.
    assert {row["Column"] for row in admin.page.rows()} <= {"claim"} if kind == "earnings" else True
    assert ("Ready to use" in admin.page.text) == (kind == "subscriptions")


def test_the_list_goes_through_all_imports_and_back(imports: Imports, admin: Browser) -> None:
    for number in range(5):
        imports.take(subscriptions(1), name=f"{number}.csv")
    seen = []
    page = admin.visit("/imports")
    for _ in range(3):
        seen += [row["File"].split()[0] for row in page.rows()]
        if "Older imports" in page.links():
            page = admin.click("Older imports")
    assert seen == [f"{number}.csv" for number in (4, 3, 2, 1, 0)]
    assert "Older imports" not in page.links()
    assert [row["File"].split()[0] for row in admin.click("Newer imports").rows()] == ["2.csv", "1.csv"]
    assert len(admin.visit("/imports?before=zzz&after=-1").rows()) == 2


def test_what_is_not_there_is_told_so(admin: Browser) -> None:
    for path in (
        "/imports/99",
        "/imports/99/file",
        "/imports/99/mistakes.csv",
        "/imports/wishes/template.csv",
    ):
        admin.visit(path, status=404)
