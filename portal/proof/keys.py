"""The installation's key for proof packs: derived from its secret, its public half known to everybody."""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

# Keeps this use of the installation's secret apart from every other one.
_PURPOSE = b"proof-pack:ed25519:1"


class NoKey(Exception):
    """What was given is no public Ed25519 key in PEM."""


def public_pem(secret: bytes) -> bytes:
    """Return the public key of the installation with `secret`, as a PEM file holds it."""
    return _pem(_private(secret).public_key())


def sign(secret: bytes, content: bytes) -> bytes:
    """Return the signature (64 bytes, Ed25519) of the installation over `content`."""
    return _private(secret).sign(content)


def is_signed(pem: bytes, content: bytes, signature: bytes) -> bool:
    """Tell whether the holder of the key `pem` signed `content`. Raises NoKey."""
    try:
        _read(pem).verify(signature, content)
    except InvalidSignature:
        return False
    return True


def key_id(pem: bytes) -> str:
    """Return the name of a public key: the SHA-256 (hexadecimal) of its DER form. Raises NoKey."""
    der = _read(pem).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def _private(secret: bytes) -> Ed25519PrivateKey:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret)
    return Ed25519PrivateKey.from_private_bytes(derived)


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _read(pem: bytes) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem)
    except ValueError as error:
        raise NoKey from error
    if not isinstance(key, Ed25519PublicKey):
        raise NoKey
    return key
