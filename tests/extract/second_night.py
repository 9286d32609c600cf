"""An ERP on two nights with changes in between: what is read, beside what the ERP itself says.

Changes a database of its own by the ways of `changing_<erp>`, and prints what differs, which has to be
nothing. Tryton begins with an empty database:

    PYTHONPATH=plugins:tests python tests/extract/second_night.py odoo|erpnext|tryton URL \\
        [CHANGES] [SEED]
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy
import yaml
from company import read
from extract_source import resolver, table
from receivables import night, settings
from receivables.extract import difference
from receivables.lake import Extract, Night, part_ids
from receivables.run import Run
from receivables.sql import SQL

Amounts = dict[tuple[str, ...], Decimal]


@dataclass(frozen=True, slots=True)
class Known:
    """What was read on a night, and the stages up to the open items made of it."""

    extract: Extract
    nights: dict[str, Night]

    def landed(self, name: str) -> list[dict[str, Any]]:
        return table(self.extract, name)

    def rows(self, name: str, columns: str) -> list[tuple[Any, ...]]:
        """Rows of a table of every legal entity, which comes first."""
        return [(entity, *row) for entity, one in self.nights.items()
                for row in read(one, name, columns)]

    def customers(self) -> Amounts:
        """What each customer owes, less the credit, by name and currency."""
        names = {(row["legal_entity_id"], row["customer_id"]): row["name"]
                 for row in self.landed("customer")}
        owed = self.rows("open_item", "customer_id, currency, open_amount")
        owed += self.rows("credit_item", "customer_id, currency, amount")
        return total(((entity, customer, names[entity, customer], currency), amount)
                     for entity, customer, currency, amount in owed)


class Changing(Protocol):
    """A running ERP with changes to make, and its own figures."""

    counts: dict[str, int]
    entities: dict[str, str]
    proof: str

    def change(self, number: int) -> None: ...

    def figures(self) -> list[tuple[str, Amounts]]:
        """What the ERP says, once for each way to ask it."""
        ...

    def read(self, known: Known) -> dict[str, Amounts]:
        """What was read, by the names of the figures."""
        ...


class Reader:
    """Reads an ERP night by night: what changed, and beside it everything."""

    def __init__(self, home: Path, url: str, folder: str, entities: dict[str, str],
                 day: date) -> None:
        self.url, self.day, self.entities = url, day - timedelta(days=1), entities
        self.settings = {}
        for way in ("changed", "full"):
            body = {
                "home": "home", "time_zone": "UTC", "reporting_currency": "USD",
                "sources": {"erp": {"kind": "sql", "connection": "erp", "sql": folder,
                                    "entities": list(entities), "incremental": True}},
                "entities": {name: {"name": name, "country": "DE", "currency": currency}
                             for name, currency in entities.items()},
            }
            (home / way).mkdir(parents=True)
            (home / way / "settings.yaml").write_text(yaml.safe_dump(body))
            self.settings[way] = settings.load(home / way / "settings.yaml")

    def land(self) -> Extract:
        """What the next day's night reads; asserts that both ways of reading give the same rows."""
        self.day += timedelta(days=1)
        changed, full = (self._extract(way) for way in ("changed", "full"))
        assert _hashes(changed) == _hashes(full)
        return changed

    def night(self) -> Known:
        """The next day's night, up to its open items."""
        extract, run, nights = self.land(), self._run("changed"), {}
        for entity in self.entities:
            night.validate(run, entity)
            nights[entity] = night.balance(run, entity)
        return Known(extract, nights)

    def _extract(self, way: str) -> Extract:
        extract = night.extract(self._run(way), "erp", full=way == "full")
        assert extract is not None
        return extract

    def _run(self, way: str) -> Run:
        now = datetime.combine(self.day + timedelta(days=1), time(2), UTC)
        return Run(settings=self.settings[way], as_of_date=self.day, now=now,
                   resolve=resolver(self.url), progress=lambda line: None)


def _hashes(extract: Extract) -> dict[str, str]:
    return {name: entry["content_hash"] for name, entry in extract.content["tables"].items()}


def total(rows: Iterable[tuple[tuple[str, ...], Any]]) -> Amounts:
    """Sums by key."""
    sums: Amounts = {}
    for key, amount in rows:
        sums[key] = sums.get(key, Decimal(0)) + Decimal(amount)
    return sums


def faults(erp: Changing, known: Known, url: str) -> list[str]:
    """Every figure that differs, every row refused or held, every account that does not tie."""
    said = [f"{row}: refused" for row in
            known.rows("quarantine", "source_table, row_key, reason_code")]
    said += [f"{row}: held" for row in known.rows(
        "open_item", "invoice_id, instalment_no, data_hold_reason") if row[-1] is not None]
    found = erp.read(known)
    for name, theirs in erp.figures():
        mine = found[name]
        said += [f"{name} {key}: read {mine.get(key, 0)}, the ERP says {theirs.get(key, 0)}"
                 for key in sorted(mine.keys() | theirs.keys(), key=str)
                 if mine.get(key, 0) != theirs.get(key, 0)]
    return said + [f"{row}: does not tie" for row in proof(url, erp.proof)
                   if any(value for name, value in row.items() if name.endswith("difference"))]


def change_and_compare(erp: Changing, reader: Reader, url: str, changes: int) -> None:
    """Every figure on the second night, of which only what changed is read."""
    erp.change(changes)
    known = reader.night()
    assert faults(erp, known, url) == []
    parts = [len(part_ids(entry)) for entry in known.extract.content["tables"].values()]
    assert max(parts) == 2, "or it was read whole"


def proof(url: str, file: str) -> list[dict[str, Any]]:
    text = (SQL / "extract" / file).read_text(encoding="utf-8")
    engine = sqlalchemy.create_engine(url)
    with engine.connect().execution_options(no_parameters=True) as connection:
        rows = [dict(row) for row in connection.exec_driver_sql(text).mappings()]
    engine.dispose()
    return rows


def main(folder: str, url: str, changes: str = "40", seed: str = "1") -> None:
    difference.ROWS_MIN, difference.CHANGED_PERCENT_MAX = 1, 1000
    erp: Changing = importlib.import_module(f"changing_{folder}").Erp(url, int(seed))
    with tempfile.TemporaryDirectory() as home:
        day = max(date(2027, 1, 30), date.today() + timedelta(days=1))
        reader = Reader(Path(home), url, folder, erp.entities, day)
        for number in (1, 2):
            known = reader.night()
            said = faults(erp, known, url)
            compared = ", ".join(f"{len(figures)} {name}" for name, figures in erp.figures())
            print(f"night {number}: {compared}; {len(proof(url, erp.proof))} accounts; "
                  f"{len(said)} differ", *said, sep="\n  ")
            if number == 1:
                erp.change(int(changes))
                print(", ".join(f"{count} {name}" for name, count in sorted(erp.counts.items())))


if __name__ == "__main__":
    main(*sys.argv[1:])
