"""What somebody typed and chose in a form, free of the web."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.db import row_id


@dataclass(frozen=True)
class Upload:
    """A file as the client sent it; its name is theirs and never used on disk."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Answers:
    """The values of a form by field name, and the files that came with it.

    `of_form` where a page's form was sent, which has to say what it showed; a caller who gives the values
    itself showed nothing.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    uploads: tuple[Upload, ...] = ()
    of_form: bool = False

    def one(self, name: str) -> str:
        """Return the first value of `name` without surrounding blanks, or ""."""
        return next(iter(self.values.get(name, ())), "").strip()

    def many(self, name: str) -> tuple[str, ...]:
        """Return every value of `name` that is not blank, each once."""
        given = (value.strip() for value in self.values.get(name, ()))
        return tuple(dict.fromkeys(value for value in given if value))

    def row_id(self, name: str) -> int | None:
        """Return the id that `name` holds, or None for anything that can be no row's id."""
        return row_id(self.one(name))

    def has(self, name: str) -> bool:
        """Tell whether the form carried the field at all, even empty."""
        return name in self.values
