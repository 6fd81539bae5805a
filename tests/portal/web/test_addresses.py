"""The portal sends browsers to its own paths only."""

import pytest

from portal.web.addresses import CHARACTERS_AT_MOST, own_path

ORIGIN = "https://claims.example"


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/claims", "/claims"),
        ("/claims?status=draft&q=a+b", "/claims?status=draft&q=a+b"),
        ("/claims#top", "/claims"),
        ("https://claims.example/claims?q=1", "/claims?q=1"),
        ("", None),
        ("claims", None),
        ("//evil.example", None),
        ("///evil.example", None),
        ("/\\evil.example", None),
        ("\\\\evil.example", None),
        ("/\t/evil.example", None),
        ("/\n/evil.example", None),
        (" //evil.example", None),
        ("https://evil.example/claims", None),
        ("https://claims.example.evil.example/", None),
        ("https://claims.example@evil.example/", None),
        ("http://claims.example/claims", None),  # not the same origin
        ("https://claims.example//evil.example", None),
        ("https:evil.example", None),
        ("javascript:alert(1)", None),
        ("https://[::1/x", None),
    ],
)
def test_only_own_paths_are_taken(address: str, path: str | None) -> None:
    assert own_path(address, ORIGIN) == path


def test_a_way_back_is_no_longer_than_an_address_of_the_portal_can_be() -> None:
    longest = "/" + "x" * (CHARACTERS_AT_MOST - 1)
    assert own_path(longest) == longest
    assert own_path(f"{longest}x") is None


def test_without_an_origin_no_absolute_address_is_taken() -> None:
    assert own_path("https://claims.example/claims") is None
