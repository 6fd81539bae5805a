"""Tokens of links in mails: a nonce, signed for one purpose; only their hashes are stored."""

import base64
import hashlib
import hmac


def signed(secret: bytes, purpose: str, nonce: str) -> str:
    """Return the token of `nonce` for `purpose`. A mail writes it again at each attempt to send it."""
    signature = hmac.new(secret, f"{purpose}:{nonce}".encode(), hashlib.sha256).digest()
    return f"{nonce}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def hash_of(token: str) -> str:
    """Return what is stored and looked up instead of the token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
