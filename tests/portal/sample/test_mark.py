"""Sample data is never served as a real installation, wherever it is kept."""

import pytest
from flask import Flask

from portal.db import transaction
from portal.sample.house import build_house
from portal.sample.mark import refuse_sample_in_service
from portal.settings import Settings, SettingsIncomplete
from tests import factories
from tests.conftest import NOW


def test_the_sample_is_known_by_its_database_too(app: Flask, settings: Settings) -> None:
    with app.app_context():
        refuse_sample_in_service(settings)
        with transaction() as session:
            build_house(session, settings.demo_password, NOW)
        assert not settings.sample_mark.exists()
        with pytest.raises(SettingsIncomplete, match="set PORTAL_DATABASE_URL to a place of its own"):
            refuse_sample_in_service(settings)
        refuse_sample_in_service(settings.model_copy(update={"demo": True}))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_sample_is_known_by_its_folder(app: Flask, settings: Settings) -> None:
    settings.data_dir.mkdir()
    settings.sample_mark.touch()
    with app.app_context(), pytest.raises(SettingsIncomplete) as told:
        refuse_sample_in_service(settings)
    assert str(told.value).startswith(f"{settings.data_dir.resolve()} holds the demo's sample data")
    assert "set PORTAL_DATA_DIR to a place of its own" in str(told.value)
    assert "`portal demo`" in str(told.value)


def test_real_people_with_such_addresses_are_no_sample(
    app: Flask, house: factories.House, settings: Settings
) -> None:
    with app.app_context():
        refuse_sample_in_service(settings)


@pytest.mark.parametrize("database_url", ["sqlite://"])
def test_a_database_without_tables_holds_none(app: Flask, settings: Settings) -> None:
    with app.app_context():
        refuse_sample_in_service(settings)
