"""An installation for Airflow to run: a company with one legal entity, in which everybody is a canary."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from zoneinfo import ZoneInfo

import duckdb
from receivables import demo_erp
from running_airflow import BIN

ENTITY = "BR"

# What every person in the books is called, and how to reach them; no other text has these words.
CANARIES = {
    "name": "Vandersloot", "email": "quetzal-canary", "phone": "98877-", "postal_address": "Alameda Canindé",
}
SALESPERSON = {"salesperson_name": "Oxbow Quillfeather", "salesperson_email": "quillfeather@seller.example"}
SECRET = "Tr0ub4dor-relay-canary"

SETTINGS = """
    home: {home}
    time_zone: {time_zone}
    mail: {{sink: {sink}, connection: recorder}}
    approvers: {{head_of_credit: [ana], owner: [bruno]}}
    sources:
      demo: {{kind: files, directory: {erp}, sql: contract, entities: [BR]}}
    entities:
      BR:
        name: Exemplo Ltda.
        country: BR
        currency: BRL
        policy: demonstration
        letterhead: [Exemplo Ltda.]
        bank_details: [Banco Exemplo 000]
"""


class Installation:
    """A company with one legal entity, and the day it is there: noon, so no midnight is near."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        now = self.noon = datetime.now(UTC)
        self.time_zone = f"Etc/GMT{now.hour - 12:+d}"
        self.newest_day = now.astimezone(ZoneInfo(self.time_zone)).date() - timedelta(days=1)
        self.home = folder / "var"
        self.erp = folder / "erp"
        self.settings = self._settings(folder / "settings.yaml", self.home)
        self._write_erp()

    def undisturbed(self, folder: Path, day: date) -> dict:
        """The manifest of a night from the same landing and knowledge, elsewhere, by command."""
        home = folder / "var"
        shutil.copytree(self.home / "lake" / "landing", home / "lake" / "landing")
        official = self._night(day) / "official.json"
        copy = self._night(day, home)
        copy.mkdir(parents=True)
        shutil.copy(official, copy)
        settings = self._settings(folder / "settings.yaml", home)
        done = subprocess.run(
            [BIN / "receivables", "night", "--as-of", str(day), "--settings", settings],
            capture_output=True, text=True,
        )
        assert done.returncode == 0, done.stderr
        return self.manifest(day, home)

    def days_ago(self, days: int) -> date:
        return self.newest_day - timedelta(days=days)

    def manifest(self, day: date, home: Path | None = None) -> dict:
        """What is recorded of the one night of a day; nothing if no stage is done."""
        files = list(self._night(day, home).glob("*/manifest.json"))
        assert len(files) <= 1
        return json.loads(files[0].read_text()) if files else {}

    def night_files(self, day: date) -> list[Path]:
        return list(self._night(day).glob("*/ledger/*.parquet"))

    def warehouse(self, query: str) -> list[tuple]:
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as warehouse:
            return warehouse.execute(query).fetchall()

    def accept(self, day: date) -> None:
        """Say that somebody looked the night through."""
        done = subprocess.run(
            [BIN / "receivables", "accept", "--as-of", str(day), "--entity", ENTITY,
             "--because", "Ann: read by hand", "--settings", self.settings],
            capture_output=True, text=True,
        )
        assert done.returncode == 0, done.stderr

    def drafted(self) -> int:
        with sqlite3.connect(self.home / "outbox.sqlite") as outbox:
            return outbox.execute("select count(*) from outbox").fetchone()[0]

    def _night(self, day: date, home: Path | None = None) -> Path:
        return (home or self.home) / "lake" / "nights" / day.isoformat() / ENTITY

    def set_sink(self, is_sink: bool) -> None:
        """Whether letters go to files from now on, or to the relay."""
        self._settings(self.settings, self.home, is_sink=is_sink)

    def _settings(self, file: Path, home: Path, *, is_sink: bool = False) -> Path:
        text = SETTINGS.format(
            home=home, time_zone=self.time_zone, erp=self.erp, sink=str(is_sink).lower()
        )
        file.write_text(dedent(text))
        return file

    def _write_erp(self) -> None:
        """The demonstration's ERP, but for other companies' rows."""
        demo_erp.write(
            self.erp, until=self.newest_day, seed=7, customers=30, invoices=600,
            file_format="csv", progress=lambda line: None,
        )
        for file in self.erp.glob("*.csv"):
            with file.open(newline="", encoding="utf-8") as opened:
                rows = list(csv.DictReader(opened))
            with file.open("w", newline="", encoding="utf-8") as opened:
                writer = csv.DictWriter(opened, fieldnames=list(rows[0]))
                writer.writeheader()
                writer.writerows(
                    disguised(file.stem, number, row) for number, row in enumerate(rows)
                    if row.get("legal_entity_id", ENTITY) == ENTITY
                )
                if file.stem == "contact":
                    opened.write(f"a line,that is no row,{CANARIES['name']},{','.join('x' * 20)}\n")



def disguised(table: str, number: int, row: dict[str, str]) -> dict[str, str]:
    """A row of the demonstration whose people are canaries, and whose customers' clocks are ours."""
    if table == "customer":
        return {**row, **SALESPERSON, "time_zone": ""}
    if table != "contact":
        return row
    email = f"c{number}@{CANARIES['email']}.example"
    return {
        **row, "name": f"Ida {CANARIES['name']}",
        "email": "no address " + email if row["contact_id"].startswith("BAD") else email,
        "phone": f"+55 11 {CANARIES['phone']}{number:04}",
        "postal_address": f"{CANARIES['postal_address']} {number}",
    }
