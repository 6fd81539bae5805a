"""The fixtures that tests share: a fresh database of each kind, a clock that stands still, the app."""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from shutil import which

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright
from sqlalchemy.orm import Session

import portal.evidence.intake
import portal.evidence.previewing
import portal.policies.versions
from portal.accounts import passwords
from portal.clock import FixedClock
from portal.db import db, transaction
from portal.settings import Settings, read_settings
from tests import databases, drawn, factories
from tests.browser import Browser
from tests.kept import (
    KeptTemplates,
    hurry_sqlite,
    keep_compiled_routes,
    keep_compiled_sql,
    kept_drawing,
    kept_reading,
    kept_rulebook,
)
from tests.kept_houses import KeptHouse, made_when_opened
from tests.portal.reviews.filing import Filing

# No test judges how long something takes; a failure prints what repeats it.
hypothesis.settings.register_profile("portal", deadline=None, print_blob=True)
hypothesis.settings.load_profile("portal")

# Nearly every test makes an app of its own; compiling its templates anew each time would be waste.
Flask.jinja_options = {"bytecode_cache": KeptTemplates()}

# So would compiling its routes, and the statements of its engine.
keep_compiled_routes()
keep_compiled_sql()
hurry_sqlite()

# So would reading the same rule files again, which takes longer than most tests.
portal.policies.versions.load = kept_rulebook  # type: ignore[attr-defined]  # the name it is called by

# So would opening the same letter in a process of its own; the tests of that process open each anew.
portal.evidence.previewing.draw = kept_drawing  # type: ignore[attr-defined]  # as the next
portal.evidence.intake.read = kept_reading  # type: ignore[attr-defined]  # the name it is called by

# So would hashes of passwords that are slow by design; `test_passwords.py` sees those of a real process.
passwords.hasher = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)

ROOT = Path(__file__).resolve().parent.parent

# A Monday at noon in the program's zone, in the week of a holiday (Thanksgiving, 26 November 2026).
NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


# Locks, sums, orders, moments and the schema itself: what every run sees on both databases.
WHERE_DATABASES_DIFFER = tuple(
    f"{ROOT.as_posix()}/{place}"
    for place in (
        "tests/portal/audit/",
        "tests/portal/backups/",
        "tests/portal/claims/test_listing",
        "tests/portal/claims/test_race",
        "tests/portal/claims/test_unit",
        "tests/portal/customers/",
        "tests/portal/imports/test_model",
        "tests/portal/imports/test_using",
        "tests/portal/incentives/test_earn",
        "tests/portal/notifications/test_delivery",
        "tests/portal/policies/",
        "tests/portal/proof/test_collecting",
        "tests/portal/reviews/test_competing",
        "tests/portal/saved_views/",
        "tests/portal/test_db",
        "tests/portal/test_paging",
        "tests/whole_app/test_kept_houses",
        "tests/whole_app/test_migrations",
    )
)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A fresh migrated database, once on SQLite and once on PostgreSQL.

    A test for which one kind says enough asks for it:
    `@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)`.
    """
    if request.param == "sqlite":
        yield databases.copy_of_migrated_sqlite(tmp_path_factory.getbasetemp() / "template.sqlite", tmp_path)
    else:
        lent = made_when_opened() if "filing" in request.fixturenames else databases.postgresql().database()
        with lent as url:
            yield url


@pytest.fixture
def another_database(
    database_url: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], str]]:
    """Return what makes a further fresh database of the kind of `database_url`."""
    with ExitStack() as opened:

        def made() -> str:
            if database_url.startswith("sqlite"):
                template = tmp_path_factory.getbasetemp() / "template.sqlite"
                return databases.copy_of_migrated_sqlite(template, tmp_path)
            return opened.enter_context(databases.postgresql().database())

        yield made


@pytest.fixture
def rules_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of rule files the app under test reads; a test module may override it.

    No decision is drawn to be judged twice: the lot would keep a claim from its test's second reviewer.
    """
    return drawn.rules(tmp_path_factory.getbasetemp() / "none-drawn", 0)


@pytest.fixture
def settings(tmp_path: Path, database_url: str, rules_dir: Path) -> Settings:
    return read_settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        rules_dir=rules_dir,
        secret_key="a key for tests that is long enough to be taken",
        mail_url="",
        base_url="http://localhost",
        demo=False,
        development=True,
    )


@pytest.fixture
def app(settings: Settings, clock: FixedClock) -> Iterator[Flask]:
    from portal.app import create_app

    app = create_app(settings, clock=clock)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The session of an app context that stays open for the test: use cases can be called as they are."""
    with app.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def house(app: Flask) -> factories.House:
    """Contoso, Fabrikam and the operator with their people, committed (see `factories.house`)."""
    with app.app_context():
        with transaction() as session:
            made = factories.house(session)
        session.expunge_all()
        db.session.remove()
    return made


@pytest.fixture
def filing(request: pytest.FixtureRequest, app: Flask, clock: FixedClock) -> Iterator[Filing]:
    """A house with people and customers, whose claims the tests bring wherever they need them.

    What an earlier test filed alike is copied; a test that patches anything files everything itself.
    """
    kept = KeptHouse(app)
    if "monkeypatch" in request.fixturenames:
        kept.close()
    yield Filing(app, clock, kept)
    kept.forget()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that nobody has signed in with; a test that needs several makes them: `Browser(app)`."""
    return Browser(app)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Debian's Chromium; without it the tests fail under CI and are skipped elsewhere.

    All tests of a process share it: playwright cannot run twice in one.
    """
    path = which("chromium")
    if path is None:
        reason = "Chromium is missing; install it with `apt-get install chromium`."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `make broad` what PostgreSQL does no differently: pages, forms and sentences."""
    for item in items:
        ours = item.path.is_relative_to(ROOT / "tests")  # and none that a test of CI has written
        everyday = item.path.as_posix().startswith(WHERE_DATABASES_DIFFER)
        if ours and item.get_closest_marker("postgres") and not everyday:
            item.add_marker(pytest.mark.broad)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CI a skipped browser or PostgreSQL test fails: a green run must have seen both."""
    report = yield
    needed = [name for name in ("browser", "postgres") if item.get_closest_marker(name)]
    if os.environ.get("CI") == "true" and report.skipped and needed and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped under CI, which must run every {needed[0]} test: {report.longrepr}"
    return report
