"""The mark of a browser: written by the portal alone, and only for those who signed in there."""

from itsdangerous import URLSafeSerializer

from portal.accounts.devices import ACCOUNTS_AT_MOST, Devices

SECRET = b"a secret for tests"
DEVICES = Devices(SECRET)
KIM = "kim@contoso.example"


def test_a_browser_is_known_for_those_who_signed_in_there() -> None:
    cookie = DEVICES.cookie_after("", KIM)
    mark = DEVICES.mark_for(cookie, " Kim@Contoso.example")
    assert mark
    assert DEVICES.mark_for(cookie, "lee@contoso.example") is None
    both = DEVICES.cookie_after(cookie, "lee@contoso.example")
    assert DEVICES.mark_for(both, KIM) == DEVICES.mark_for(both, "lee@contoso.example") == mark


def test_browsers_have_marks_of_their_own() -> None:
    first, second = (DEVICES.cookie_after("", KIM) for _ in range(2))
    assert DEVICES.mark_for(first, KIM) != DEVICES.mark_for(second, KIM)


def test_a_browser_shared_by_many_forgets_who_was_there_longest_ago() -> None:
    cookie = DEVICES.cookie_after("", KIM)
    for number in range(ACCOUNTS_AT_MOST):
        cookie = DEVICES.cookie_after(cookie, f"person{number}@contoso.example")
    assert DEVICES.mark_for(cookie, KIM) is None
    assert DEVICES.mark_for(cookie, "person0@contoso.example")


def test_an_altered_foreign_or_nonsense_cookie_counts_as_none() -> None:
    cookie = DEVICES.cookie_after("", KIM)
    others = Devices(b"another secret").cookie_after("", KIM)
    signed_nonsense = URLSafeSerializer(SECRET, salt="portal device").dumps(["mark"])
    # Not the last letter: of its bits, some stand for nothing.
    altered = cookie[:-5] + ("a" if cookie[-5] != "a" else "b") + cookie[-4:]
    for forged in (altered, others, "", "é", str(signed_nonsense)):
        assert DEVICES.mark_for(forged, KIM) is None
        assert DEVICES.mark_for(DEVICES.cookie_after(forged, KIM), KIM)


def test_the_cookie_names_nobody() -> None:
    assert "kim" not in DEVICES.cookie_after("", KIM).casefold()
