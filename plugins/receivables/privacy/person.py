"""A person: a contact at a customer, or one of our salespeople, in all that was ever landed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from receivables.contract import tables
from receivables.errors import WrongUse
from receivables.lake import Lake
from receivables.settings import Settings
from receivables.sql import Session, quoted, session

# Whom each of these tables of the contract is about: a row of `contact` is one person's.
TABLES = ("contact", "customer")


@dataclass(frozen=True, slots=True)
class Person:
    """Who was asked about, by ids and by every address they ever had (in small letters).

    `customer_ids`: the customers whose contact it is; `sells_to`: those whose salesperson.
    """

    legal_entity_id: str
    contact_ids: tuple[str, ...]
    addresses: tuple[str, ...]
    customer_ids: tuple[str, ...]
    sells_to: tuple[str, ...]


def find(
    settings: Settings, legal_entity_id: str, *, contact_id: str | None, email: str | None
) -> Person:
    """The contact with an id, or whoever has, or had, an address.

    Raises WrongUse if nothing is known of them.
    """
    asked = {"contact_id": contact_id, "email": email and email.strip().lower()}
    with opened(settings, legal_entity_id) as sql:
        contacts = sql.rows("privacy/contact", **asked)
        ids = sorted({row["contact_id"] for row in contacts if row["contact_id"]})
        sold = sql.rows("privacy/salesperson", email=asked["email"])
    if not contacts and not sold:
        raise WrongUse(f"{legal_entity_id}: nothing is known of this person under that id or "
                       "address; try the other, or another legal entity")
    addresses = {row["email"].lower() for row in contacts if row["email"]}
    return Person(
        legal_entity_id=legal_entity_id,
        contact_ids=tuple(ids),
        addresses=tuple(sorted(addresses | ({asked["email"]} - {None}))),
        customer_ids=tuple(sorted({r["customer_id"] for r in contacts if r["customer_id"]})),
        sells_to=tuple(sorted({row["customer_id"] for row in sold})),
    )


@contextmanager
def opened(settings: Settings, legal_entity_id: str) -> Iterator[Session]:
    """All that was ever landed of a legal entity's contacts and customers, for statements."""
    lake = Lake(settings.home)
    folder = lake.landing / settings.source_of(legal_entity_id).name
    with session(lake.scratch) as sql:
        for table in TABLES:
            files = landed_files(folder, table)
            if files:
                sql.read("landed_file", *files)
            names = set(sql.connection.table("landed_file").columns) if files else set()
            columns = ", ".join(
                quoted(name) if name in names else f"cast(null as varchar) as {quoted(name)}"
                for name in tables()[table].column_names
            )
            mine = "legal_entity_id = $e" if "legal_entity_id" in names else "$e <> ''"
            source = f"landed_file where {mine}" if files else "(select 1) where $e is null"
            sql.connection.execute(
                f"create table landed_{table} as select distinct {columns} from {source}",
                {"e": legal_entity_id},
            )
            sql.connection.execute("drop view if exists landed_file")
        yield sql


def landed_files(folder: Path, table: str) -> list[Path]:
    """Every file of a source that holds rows of a table, whichever extracts they are of."""
    return sorted(
        file for name in ("part-0", "history") for file in folder.glob(f"{table}/*/{name}.parquet")
    )
