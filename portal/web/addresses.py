"""Which addresses the portal sends a browser to: its own paths and nothing else."""

from urllib.parse import urlsplit

# Ways back travel in addresses, and servers refuse longer ones; the portal's own, with every filter
# set, are a fraction of this.
CHARACTERS_AT_MOST = 2000


def own_path(address: str, origin: str = "") -> str | None:
    """Return `address` as a path with its query where it lies within the portal, else None.

    An absolute address counts only with `origin` (such as "https://claims.example"), from which it
    must come. Longer ones than CHARACTERS_AT_MOST are refused, and so are backslashes and control
    characters: browsers read "/\\evil" as "//evil".
    """
    if len(address) > CHARACTERS_AT_MOST:
        return None
    if any(ord(char) <= 32 or ord(char) == 127 or char == "\\" for char in address):
        return None
    if address.startswith("//"):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    elsewhere = not origin or f"{parts.scheme}://{parts.netloc}" != origin
    if (parts.scheme or parts.netloc) and elsewhere:
        return None
    if not parts.path.startswith("/") or parts.path.startswith("//"):
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
