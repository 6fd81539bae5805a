"""Every field of a claim has one name, which no other module of the claims marks once more for a page."""

import re
from pathlib import Path

from portal.claims import field_names
from portal.claims.details import PRODUCTS_SHOWN
from portal.claims.effects.fields import FORM_FIELDS
from portal.claims.field_names import NAMES, named
from portal.claims.showing import NOT_TYPED
from portal.rulebook.closed_names import FIELDS

READERS = ("showing", "details", "differences", "request_progress", "timeline")


def test_every_field_of_a_claim_and_of_its_forms_has_a_name() -> None:
    forms = {name for names in FORM_FIELDS.values() for name in names}
    assert {*FIELDS, *forms} - NOT_TYPED - {PRODUCTS_SHOWN, "document"} <= set(NAMES)


def test_a_field_without_a_name_is_told_by_its_code_in_words() -> None:
    assert named("lost_and_found") == "Lost and found"


def test_what_tells_of_fields_takes_their_names_from_the_one_table() -> None:
    place = Path(str(field_names.__file__)).parent
    marked = {
        sentence
        for name in READERS
        for sentence in re.findall(r'gettext\(\s*"([^"]+)"', (place / f"{name}.py").read_text("utf-8"))
    }
    assert marked & {str(name) for name in NAMES.values()} == set()
