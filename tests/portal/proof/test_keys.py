"""The key for proof packs: of one installation, known to everybody, fit for nothing else."""

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from portal.proof.keys import NoKey, is_signed, key_id, public_pem, sign
from tests.browser import Browser
from tests.portal.reviews.filing import Filing

OURS, THEIRS = b"a secret that is long enough to be one", b"another secret that is long enough too"


def test_the_secret_alone_makes_the_key() -> None:
    assert public_pem(OURS) == public_pem(OURS)
    assert public_pem(OURS) != public_pem(THEIRS)
    assert key_id(public_pem(OURS)) != key_id(public_pem(THEIRS))


def test_a_signature_is_of_one_content_and_one_key() -> None:
    signature = sign(OURS, b"what is so")
    assert is_signed(public_pem(OURS), b"what is so", signature)
    assert not is_signed(public_pem(OURS), b"what is not so", signature)
    assert not is_signed(public_pem(THEIRS), b"what is so", signature)


def test_other_keys_are_none() -> None:
    other = generate_private_key(65537, 2048).public_key()
    for pem in (b"", b"no key", other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)):
        with pytest.raises(NoKey):
            key_id(pem)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_everybody_is_given_the_public_key(filing: Filing, browser: Browser) -> None:
    answer = browser.ask("GET", "/proof-key.pem")
    assert answer.status_code == 200
    assert answer.data == public_pem(filing.desk.secret)
