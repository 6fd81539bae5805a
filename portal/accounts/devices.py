"""The lasting mark of a browser in which somebody signed in before: a cookie only the portal can write."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadData, URLSafeSerializer

from portal.accounts.throttling import counter_of

KEPT_FOR = timedelta(days=365)
ACCOUNTS_AT_MOST = 5  # people who share one browser


@dataclass(frozen=True)
class Device:
    """A browser: a random mark, and the accounts (as keyed hashes) that signed in there."""

    mark: str
    accounts: tuple[str, ...] = ()


class Devices:
    """Reads and writes the cookie. An altered or foreign cookie counts as none."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._signer = URLSafeSerializer(secret, salt="portal device")  # stays English: part of the key

    def mark_for(self, cookie: str, email: str) -> str | None:
        """Return the mark of the browser where `email` signed in there before, else None."""
        device = self._read(cookie)
        return device.mark if device and self._account(email) in device.accounts else None

    def cookie_after(self, cookie: str, email: str) -> str:
        """Return the cookie to set after `email` signed in."""
        device = self._read(cookie) or Device(secrets.token_urlsafe(16))
        account = self._account(email)
        others = tuple(one for one in device.accounts if one != account)
        accounts = (account, *others)[:ACCOUNTS_AT_MOST]
        return str(self._signer.dumps({"mark": device.mark, "accounts": list(accounts)}))

    def _read(self, cookie: str) -> Device | None:
        try:
            content = self._signer.loads(cookie)
            return Device(str(content["mark"]), tuple(str(one) for one in content["accounts"]))
        except (BadData, KeyError, TypeError):
            return None

    def _account(self, email: str) -> str:
        return counter_of(self._secret, email.strip().casefold(), "", None).account_hash
