"""What changed in a table since the extract before, told by fingerprints of whole rows.

A database computes the fingerprint of every row that a SELECT gives; only the rows whose
fingerprints are new are read. No stamp is trusted: merges, renames, deletions, corrections by hand
and rows that were committed late all show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from receivables.extract.queries import Query, fingerprint
from receivables.lake import Extract, part_ids
from receivables.landed import read_landed
from receivables.sql import Session

FINGERPRINT = "row_fingerprint"

# Smaller tables are read whole: asking what changed costs as much as reading them.
ROWS_MIN = 10_000

# Beyond this share, and as often as this, a table is read and stored whole, so that no table lies
# in ever more parts.
CHANGED_PERCENT_MAX = 20
PARTS_MAX = 31

# As many fingerprints as one statement may carry, well below what servers accept.
FINGERPRINTS_A_STATEMENT = 100_000


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database says the fingerprint of a row, and that it is one of the bound ones.

    `row_value` has a place for the columns by name, if the database needs them.
    """

    row_value: str
    is_bound: str
    quote: str = '"'

    def fingerprinted(self, text: str, columns: Sequence[str]) -> str:
        """A SELECT with the fingerprints of its rows beside their columns."""
        return f"select landed_row.*, {self._of(columns)} as {FINGERPRINT}\n{_from(text)}"

    def fingerprints(self, text: str, columns: Sequence[str]) -> str:
        """The fingerprints alone of a SELECT's rows."""
        return f"select {self._of(columns)} as {FINGERPRINT}\n{_from(text)}"

    def bound(self, text: str, columns: Sequence[str]) -> str:
        """The fingerprinted rows of a SELECT, of the fingerprints bound to its one parameter."""
        rows = f"{self.fingerprinted(text, columns)}\nwhere {self._of(columns)} "
        return rows.replace("%", "%%") + self.is_bound

    def _of(self, columns: Sequence[str]) -> str:
        mark = self.quote
        names = (mark + name.replace(mark, mark * 2) + mark for name in columns)
        return self.row_value.format(columns=", ".join(f"landed_row.{name}" for name in names))


# Databases that are not here are read whole every night.
DIALECTS = {
    "postgresql": Dialect(
        "hashtextextended(cast(row(landed_row.*) as text), 0)",
        "in (select cast(known as bigint) from unnest(cast(%s as text[])) as known)",
    ),
}
DIALECTS["mysql"] = DIALECTS["mariadb"] = Dialect("md5(json_array({columns}))", "in %s", "`")


def no_rows(text: str) -> str:
    """A SELECT that gives the columns of another, and none of its rows."""
    return f"select landed_row.*\n{_from(text)}\nwhere 1 = 0"


def _from(text: str) -> str:
    return f"from (\n{text}\n) as landed_row"


@dataclass(frozen=True, slots=True)
class Change:
    """Which rows of a table came since the extract before, and a file of those that went.

    A fingerprint that more or fewer rows have now is in both: it went, and came as often as it is
    there.
    """

    came: tuple[str, ...]
    rows_came: int
    gone: Path

    def came_in_turns(self) -> Iterator[list[str]]:
        """The fingerprints that came, as many at a time as one statement may carry."""
        for at in range(0, len(self.came), FINGERPRINTS_A_STATEMENT):
            yield list(self.came[at:at + FINGERPRINTS_A_STATEMENT])


@dataclass(frozen=True, slots=True)
class Difference:
    """Tells what changed since the extract before, if there is one to build on."""

    session: Session
    before: Extract | None

    def knows(self, query: Query, columns: Sequence[str]) -> bool:
        """Whether the extract before has the table in a form that changes can be added to."""
        tables = self.before.content["tables"] if self.before else {}
        entry = tables.get(query.table.name)
        return (
            entry is not None
            and "compacted_in" not in entry
            and entry["fingerprint"] == fingerprint(query.text)
            and entry["columns"] == [*columns, FINGERPRINT]
            and entry["rows"] >= ROWS_MIN
            and len(part_ids(entry)) < PARTS_MAX
        )

    def change(self, query: Query, fresh: Path, gone: Path) -> Change | None:
        """What changed, given the fingerprints of all rows now; None if that is so much that the
        table is better read whole.
        """
        assert self.before is not None
        read_landed(self.session, self.before, query.table.name, "known_row")
        connection = self.session.connection
        connection.read_parquet(str(fresh)).create_view("fresh_row", replace=True)
        self.session.create("changed_fingerprint", "extract/changed_fingerprint")
        ((rows_now, rows_came),) = connection.execute(
            "select (select count(*) from fresh_row), "
            "(select coalesce(sum(rows_now), 0) from changed_fingerprint)"
        ).fetchall()
        if rows_came * 100 > rows_now * CHANGED_PERCENT_MAX:
            return None
        self.session.write("extract/gone_row", gone)
        came = connection.execute(
            f"select {FINGERPRINT} from changed_fingerprint where rows_now > 0"
        ).fetchall()
        return Change(came=tuple(row for (row,) in came), rows_came=int(rows_came), gone=gone)
