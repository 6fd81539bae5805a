"""What can be imported: one kind a sheet, with its columns and what a row of it becomes."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from portal.imports.columns import BadCell, Column
from portal.imports.model import Imported
from portal.imports.sheets import Line
from portal.languages.sentences import gettext
from portal.rulebook.problems import closest
from portal.rulebook.rulebook import Rulebook


@dataclass(frozen=True)
class Mistake:
    """What is wrong with a cell, or with the whole row where `column` is "".

    `imports` are the numbers of those that `reason` names, in its order, each as `import_named` calls it.
    """

    column: str
    cell: str
    reason: str
    imports: tuple[int, ...] = ()


@dataclass
class Entry:
    """One row of a file on its way: what its cells say, what follows from it, and what is wrong.

    `values` are the cells as they were read, by column; `found` what else its row in the table gets.
    `any_case` names the columns whose cells say the same with capitals and without.
    """

    number: int
    cells: Mapping[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    mistakes: list[Mistake] = field(default_factory=list)
    any_case: frozenset[str] = frozenset()

    @property
    def digest(self) -> str:
        """The SHA-256 of all that the row says, the same however its cells were typed."""
        same = {name: self.values[name].casefold() for name in self.any_case if name in self.values}
        said = json.dumps({**self.values, **same}, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()

    def wrong(self, column: str, reason: str, imports: Sequence[int] = ()) -> None:
        self.mistakes.append(Mistake(column, self.cells.get(column, ""), reason, tuple(imports)))


# Gives each entry without mistakes its `key` and `found`, or notes what is wrong with it; the day is today's.
Resolve = Callable[[Session, Rulebook, date, Sequence[Entry]], None]


@dataclass(frozen=True)
class Sum:
    """What rows of one currency and one status come to, in the smallest unit of the currency.

    `new` is what those of them come to that count nowhere yet.
    """

    currency: str
    status: str
    label: str
    rows: int
    amount: int
    new: int


# Returns what the rows of a kind that fulfil the condition come to, in the order in which it is told.
Sums = Callable[[Session, Rulebook, ColumnElement[bool]], Sequence[Sum]]

# Brings up to date what is derived from the rows of a kind; those that fulfil the condition changed. Raises
# NotNow where they cannot count with the others, with a sentence that says why.
Changed = Callable[[Session, ColumnElement[bool]], None]

# Tells whether a row that fulfils the condition, and does not count yet, would be read otherwise by now.
Misplaced = Callable[[Session, Rulebook, ColumnElement[bool]], bool]


# Lets rows that count and that no file would find have the key by which files find them, where it is free.
KnowAgain = Callable[[Session], None]


@dataclass(frozen=True)
class Kind:
    """One kind of file. `label` says what its rows are, in the plural, at the beginning of a sentence.

    `sums` is None where its rows are no money. `changed` is told, within the transaction, which rows of the
    table count now or do not any more, for what is derived from them. `misplaced` is None where what follows
    from the cells of a row cannot change before the row is used. `know_again` is None where every row that
    counts is found by its key.
    """

    code: str
    label: str
    means: str
    columns: tuple[Column, ...]
    table: type[Imported]
    resolve: Resolve
    sums: Sums | None = None
    changed: Changed | None = None
    misplaced: Misplaced | None = None
    know_again: KnowAgain | None = None

    def read(self, line: Line, rulebook: Rulebook) -> Entry:
        """Read the cells of one row; what cannot be read is among the entry's mistakes."""
        any_case = frozenset(column.name for column in self.columns if column.any_case)
        entry = Entry(line.number, line.cells, any_case=any_case)
        for column in self.columns:
            cell = line.cells.get(column.name, "")
            if not cell:
                entry.values[column.name] = ""
                if column.required:
                    entry.wrong(column.name, gettext("It is empty and must not be."))
                continue
            try:
                entry.values[column.name] = column.read(cell, rulebook)
            except BadCell as bad:
                entry.wrong(column.name, str(bad))
        if line.surplus:
            entry.wrong("", gettext("The row has more cells than there are columns. Check its separators."))
        return entry

    def wrong_headings(self, names: Sequence[str]) -> list[str]:
        """Return a sentence for each column that is missing and each that is not known."""
        known = {column.name for column in self.columns}
        unknown = [name for name in names if name not in known]
        missing = [one.name for one in self.columns if one.required and one.name not in names]
        told = [gettext("The column “%(name)s” is missing.", name=name) for name in missing]
        return told + [_unknown(name, known - set(names)) for name in unknown]


def _unknown(name: str, free: set[str]) -> str:
    meant = closest(name, sorted(free))
    if meant:
        return gettext(
            "There is no column “%(name)s”. Did you mean “%(meant)s”? Rename or delete it.",
            name=name,
            meant=meant,
        )
    return gettext("There is no column “%(name)s”. Rename or delete it.", name=name)
