"""Which addresses lead to what only people who sign in can open."""

import pytest
from flask import Flask

from portal.web.reaching import asks_to_sign_in


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/bread", True),
        ("/sign-out", False),  # takes a form; a link leads nowhere
        ("/sign-in", False),
        ("/static/icon.svg", False),
        ("/bread/crumbs", False),
        ("", False),
    ],
)
def test_only_a_page_behind_the_sign_in_asks_for_it(bakery: Flask, path: str, expected: bool) -> None:
    with bakery.app_context():
        assert asks_to_sign_in(path) is expected
