"""Which addresses are hidden: those of the portal that open to whoever has them."""

import pytest

from portal.deliveries.masking import masked

BASE = "https://claims.example"
TOKEN = "n0nce-n0nce-n0nce.s1gnature_s1gnature"


def is_claim(path: str) -> bool:
    return path == "/claims/CL-2026-000001"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Read:\n{BASE}/consent/{TOKEN}\n", f"Read:\n{BASE}/consent/***\n"),
        (f"{BASE}/answers/{TOKEN}.", f"{BASE}/answers/***"),  # a link that nobody thought of here
        (f"{BASE}/claims/CL-2026-000001?key={TOKEN}", f"{BASE}/claims/***"),
        (f"{BASE}/claims/CL-2026-000001#{TOKEN}", f"{BASE}/claims/***"),
        (f"{BASE}?key={TOKEN}", f"{BASE}/***"),
        (f"HTTP://CLAIMS.example:80/{TOKEN}", f"{BASE}/***"),
        (f"> at claims.example/consent/{TOKEN} it says", "> at claims.example/consent/*** it says"),
        (f"https://proxy.example/consent/{TOKEN}", "https://proxy.example/consent/***"),
        (f"{BASE}/claims/CL-2026-000001", f"{BASE}/claims/CL-2026-000001"),
        (f"The program · {BASE}", f"The program · {BASE}"),
        ("See https://adatum.example/letter?page=2", "See https://adatum.example/letter?page=2"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_what_opens_without_signing_in_is_hidden(text: str, expected: str) -> None:
    assert masked(text, BASE, is_claim) == expected
    assert masked(expected, f"{BASE}/", is_claim) == expected
