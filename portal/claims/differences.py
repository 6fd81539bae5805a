"""What a claim said before and says after, field by field, in the words of its policy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.claims.content import PRODUCTS
from portal.claims.field_names import named
from portal.languages.offered import LANGUAGES
from portal.languages.sentences import gettext
from portal.rulebook.rulebook import Rulebook

# A text of more than about three lines of the timeline is folded, so that one edit does not hide the others.
LONG_CHARACTERS = 240


@dataclass(frozen=True)
class Difference:
    """One thing that a claim said and says: `gone` and `came` hold one text each, none where it was blank.

    Where `several` stand side by side, such as products, they hold what was taken away and what was added.
    """

    label: str
    gone: tuple[str, ...]
    came: tuple[str, ...]
    several: bool = False

    @property
    def long(self) -> bool:
        return any(len(text) > LONG_CHARACTERS for text in (*self.gone, *self.came))


def differences(
    rulebook: Rulebook, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[Difference, ...]:
    """Return what differs between two contents of a claim (`content.content_of`), in the order of its page.

    Fields that only one of them has are left out: nobody knows what they said in the other.
    """
    names = [name for name in IN_WORDS if name in before and name in after]
    return tuple(
        row
        for name in names
        if before[name] != after[name]
        for row in IN_WORDS[name](rulebook, before[name], after[name])
    )


InWords = Callable[[Rulebook, Any, Any], list[Difference]]


def _texts(*names: str) -> InWords:
    """Return what compares a text, or as many texts as there are names of fields; None holds none."""

    def compare(_: Rulebook, before: Any, after: Any) -> list[Difference]:
        pairs = zip(names, _parts(before, len(names)), _parts(after, len(names)), strict=True)
        return [Difference(named(name), _given(was), _given(now)) for name, was, now in pairs if was != now]

    return compare


def _customer_contact(rulebook: Rulebook, before: Any, after: Any) -> list[Difference]:
    """Compare a contact, with the language of the mail to them by its own name."""
    was, now = (
        [*parts[:3], LANGUAGES.get(parts[3], parts[3])] for parts in (_parts(before, 4), _parts(after, 4))
    )
    return _texts(
        "customer_contact_name",
        "customer_contact_title",
        "customer_contact_email",
        "customer_contact_language",
    )(rulebook, was, now)


def _activity(rulebook: Rulebook, before: Any, after: Any) -> list[Difference]:
    known = rulebook.programs.activities
    was, now = (known[code].label if code in known else code or "" for code in (before, after))
    return [Difference(named("activity"), _given(was), _given(now))]


def _products(rulebook: Rulebook, before: Any, after: Any) -> list[Difference]:
    def words(row: list[str]) -> str:
        return product_in_words(rulebook.programs.product_label(row[0]), row[1])

    was, now = {words(row) for row in before}, {words(row) for row in after}
    gone, came = tuple(sorted(was - now)), tuple(sorted(now - was))
    return [Difference(named("products"), gone, came, several=True)]


def _documents(_: Rulebook, before: Any, after: Any) -> list[Difference]:
    """Compare documents by what they hold: the same file under another name is no other document."""
    was, now = dict(before or []), dict(after or [])
    gone = tuple(name for sha256, name in was.items() if sha256 not in now)
    came = tuple(name for sha256, name in now.items() if sha256 not in was)
    return [Difference(named("documents"), gone, came, several=True)] if gone or came else []


def product_in_words(label: str, subscription_id: str) -> str:
    """Return the label of a product with its subscription, where it has one."""
    if not subscription_id:
        return label
    return gettext("%(product)s, subscription %(subscription)s", product=label, subscription=subscription_id)


def _parts(value: Any, count: int) -> list[str]:
    if value is None:
        return [""] * count
    parts = [str(part) for part in value] if isinstance(value, list) else [str(value)]
    # What was stored before a field had as many parts is compared as if the others had been empty.
    return (parts + [""] * count)[:count]


def _given(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


IN_WORDS: Mapping[str, InWords] = {
    "location": _texts("location"),
    "customer": _texts("customer", "customer_domain", "customer_tenant_id"),
    "activity": _activity,
    PRODUCTS: _products,
    "customer_contact": _customer_contact,
    "technical_contact": _texts("technical_contact_name", "technical_contact_email"),
    "own_contact": _texts("own_contact_name", "own_contact_email"),
    "name": _texts("name"),
    "documents": _documents,
    "commentary": _texts("commentary"),
}
