"""Passwords: hashed with argon2id, and checked with the same work whether or not there is an account."""

import secrets
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.languages.sentences import gettext

# Without a second factor length is what protects; shorter ones fall to guessing.
CHARACTERS_AT_LEAST = 12
CHARACTERS_AT_MOST = 256

hasher = PasswordHasher()  # argon2id with the parameters of RFC 9106 for little memory (64 MiB)


def hash_password(password: str) -> str:
    """Return the argon2id hash of `password`, with salt and parameters in it."""
    return hasher.hash(_normal(password))


def password_mistake(password: str) -> str | None:
    """Return what is wrong with a password that somebody wants to have, or None."""
    if not CHARACTERS_AT_LEAST <= len(password) <= CHARACTERS_AT_MOST:
        return gettext(
            "Choose a password of %(least)s to %(most)s characters.",
            least=CHARACTERS_AT_LEAST,
            most=CHARACTERS_AT_MOST,
        )
    return None


def password_fits(password_hash: str | None, password: str) -> bool:
    """Tell whether `password` is the one of `password_hash`; None stands for an account that is not there."""
    try:
        hasher.verify(password_hash or decoy(), _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_new_hash(password_hash: str) -> bool:
    """Tell whether the hash was made with weaker parameters than those of today."""
    return hasher.check_needs_rehash(password_hash)


@lru_cache(maxsize=1)
def decoy() -> str:
    """Return a hash that nobody's password fits; made once a process."""
    return hasher.hash(secrets.token_urlsafe(32))


def _normal(password: str) -> str:
    """Return the one form of letters that can be typed in several, cut where nobody types any more."""
    return unicodedata.normalize("NFC", password)[: CHARACTERS_AT_MOST + 1]
