"""Decisions that were acted on, kept with their facts so that each can be decided again."""

import json
import zlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.policies.model import StoredDecision
from portal.policies.sealing import seal
from portal.rulebook.decision import Decision, Facts, Value


class FactsDamaged(Exception):
    """Stored facts were changed or damaged since; the message says how reading them failed."""


def store(
    session: Session, decision: Decision, *, key: bytes, subject: str, at: datetime, actor: str
) -> StoredDecision:
    """Keep `decision` about `subject` (a claim number) within the caller's transaction; has its id.

    It is sealed into the audit with `key`, so that a row changed later is found.
    """
    stored = StoredDecision(
        subject=subject,
        question=decision.question,
        outcome=decision.outcome,
        rules=[[reason.code, reason.subject] for reason in decision.reasons],
        facts=pack_facts(decision.facts),
        policy_version=decision.policy_version,
        roles_version=decision.roles_version,
        at=at,
        actor=actor,
    )
    session.add(stored)
    session.flush()
    seal(session, stored, key)
    return stored


def pack_facts(facts: Facts) -> bytes:
    """Return the facts as compressed JSON; `unpack_facts` gives back equal facts."""
    return zlib.compress(json.dumps(plain_facts(facts), ensure_ascii=False, sort_keys=True).encode())


def unpack_facts(packed: bytes) -> Facts:
    """Return the facts that `pack_facts` packed. Raises FactsDamaged when they are not as it wrote them."""
    try:
        return typed_facts(json.loads(zlib.decompress(packed)))
    except (zlib.error, ValueError, LookupError, TypeError, AttributeError) as error:
        # stays English: told to operators' shells and the log
        raise FactsDamaged(f"Its facts cannot be read: {type(error).__name__}.") from error


def plain_facts(facts: Facts) -> dict[str, Any]:
    """Return the facts as plain JSON values; `typed_facts` gives back equal facts."""
    return {
        "claim": _plain(facts.claim),
        "products": [_plain(item) for item in facts.products],
        "documents": [_plain(item) for item in facts.documents],
    }


def typed_facts(content: Any) -> Facts:
    """Return the facts of `plain_facts`. Raises ValueError, LookupError, TypeError or AttributeError else."""
    return Facts(
        claim=_typed(content["claim"]),
        products=tuple(_typed(item) for item in content["products"]),
        documents=tuple(_typed(item) for item in content["documents"]),
    )


def _plain(facts: Mapping[str, Value]) -> dict[str, Any]:
    return {name: plain_value(value) for name, value in facts.items()}


def plain_value(value: Value) -> Any:
    """Return the value of a fact as a plain JSON value that tells its type."""
    if isinstance(value, frozenset):
        return {"set": sorted(value)}
    if isinstance(value, datetime):  # before date: a datetime is a date as well
        return {"timestamp": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


def _typed(facts: Mapping[str, Any]) -> dict[str, Value]:
    return {name: _typed_value(value) for name, value in facts.items()}


def _typed_value(value: Any) -> Value:
    match value:
        case {"set": codes}:
            return frozenset(codes)
        case {"timestamp": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
    plain: Value = value
    return plain
