"""Takes out of a text what lets in whoever has it: the addresses of links that people were sent."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from portal.web.logs import MASK, mask

ADDRESS = re.compile(r"\bhttps?://[^\s<>\"']+", re.IGNORECASE)
FIRST_PART = re.compile(r"/[a-z]*/")

AsksToSignIn = Callable[[str], bool]


def masked(text: str, base_url: str, asks_to_sign_in: AsksToSignIn) -> str:
    """Return `text` with each address of the portal at `base_url` hidden that opens without signing in.

    Closed by default: an address on the portal's host is shown only where `asks_to_sign_in` says of its
    path that it lets in nobody but people who sign in, and where nothing follows the path. Of a hidden
    one the first part of the path stays, which tells what kind of link it is. Addresses of other hosts
    stay, except for what is hidden in the log too.
    """
    base = base_url.rstrip("/")
    host = urlsplit(base).hostname

    def shown(found: re.Match[str]) -> str:
        address = found[0]
        if _host_of(address) != host:
            return address
        rest = address.removeprefix(base)
        if rest in {"", "/"}:
            return address
        if rest != address and not {"?", "#"} & set(rest) and asks_to_sign_in(rest):
            return address
        kind = FIRST_PART.match(rest)
        return f"{base}{kind[0] if kind else '/'}{MASK}"

    return mask(ADDRESS.sub(shown, text))


def _host_of(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
