"""Which addresses the portal sends a browser to: its own paths and nothing else."""

from urllib.parse import urlsplit


def own_path(address: str, origin: str = "") -> str | None:
    """Return `address` as a path with its query where it lies within the portal, else None.

    An absolute address counts only with `origin` (such as "https://claims.example"), from which it
    must come. Backslashes and control characters are refused: browsers read "/\\evil" as "//evil".
    """
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
