"""A real Tryton of the package index, whose users work in it, and what it says of that."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from fresh_database import absent
from second_night import Amounts, Known, total
from sqlalchemy.engine import make_url

MODULES = ("account_invoice", "account_payment", "account_statement")
DRIVERS = {"7.0": "psycopg2-binary", "8.0": "psycopg[binary,pool]"}
LIVING = Path(__file__).with_name("living_tryton.py")
FIRST_DAY = 31
SECONDS_MAX = 300


class Erp:
    """A Tryton in an empty PostgreSQL database, after its first day."""

    proof = "tryton/proof/receivable_account.sql"

    def __init__(self, url: str, seed: int, version: str = "8.0") -> None:
        self.url, self.seed, self.day = make_url(url), seed, 0
        self.folder = tempfile.TemporaryDirectory()
        self.home = Path(self.folder.name)
        self.bin = environment(self.home / "venv", version)
        password = self.home / "password"
        password.write_text(secrets.token_hex())
        self._run(["trytond-admin", "-d", str(self.url.database), "-u", *MODULES,
                   "--activate-dependencies", "--email", "admin@example.com"],
                  TRYTONPASSFILE=str(password))
        self.change(FIRST_DAY)
        self.entities = {self.said["entity"]: self.said["currency"]}
        self.tomorrow = date.today() + timedelta(days=1)  # Tryton's own clock dates cancellations

    def change(self, number: int) -> None:
        """Live another day of so many changes, and ask Tryton what is owed."""
        self.day += 1
        file = self.home / f"{self.day}.json"
        self._run(["python", str(LIVING), str(self.day), str(self.seed), str(number), str(file)])
        self.said: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        self.counts: dict[str, int] = self.said["counts"]

    def _run(self, words: list[str], **more: str) -> None:
        environ = {name: value for name, value in os.environ.items()
                   if not name.startswith(("PYTHON", "TRYTON"))}
        environ |= {
            "DB_NAME": str(self.url.database), "PYTHONWARNINGS": "ignore",
            "TRYTOND_DATABASE_URI": self.url.set(drivername="postgresql", database="")
                                            .render_as_string(hide_password=False),
        }
        done = subprocess.run([self.bin / words[0], *words[1:]], env=environ | more, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS_MAX)
        assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-4000:]

    def figures(self) -> list[tuple[str, Amounts]]:
        """Tryton's amounts to pay, its open lines, and its receivable where that is of one currency."""
        euro = self._parties_with_euro()
        return [
            ("amount_to_pay, payments under way aside",
             total(((id,), amount) for id, amount in self.said["open"].items())),
            ("amount_to_pay", total(((id,), amount)
                                    for id, amount in self.said["amount_to_pay"].items())),
            ("lines not reconciled", total(((party, currency), amount)
                                           for party, currency, amount in self.said["lines"])),
            ("receivable, of parties without euro",
             total(((party,), amount) for party, amount in self.said["receivable"].items()
                   if party not in euro)),
        ]

    def read(self, known: Known) -> dict[str, Amounts]:
        """What was read, with what Tryton counts by design and we do not.

        Draft moves are in its receivable, and in no ledger; for its amount to pay, see below.
        """
        owed = known.rows("open_item", "invoice_id, customer_id, currency, "
                                       "open_amount, in_transit_amount")
        owed += known.rows("credit_item", "document_id, customer_id, currency, amount, 0")
        euro = self._parties_with_euro()
        invoices = [((document.split("/")[0],), amount, transit)
                    for _, document, _, _, amount, transit in owed
                    if not document.startswith("line-")]
        also = [(key, -amount) for design in self.deducted_by_design(known).values()
                for key, amount in design.items()]
        return {
            "amount_to_pay, payments under way aside":
                total((key, amount) for key, amount, _ in invoices),
            "amount_to_pay": total([(key, amount - transit) for key, amount, transit in invoices]
                                   + also),
            "lines not reconciled": total(((customer, currency), amount)
                                          for _, _, customer, currency, amount, _ in owed),
            "receivable, of parties without euro": total(
                [((customer,), amount) for _, _, customer, _, amount, _ in owed
                 if customer not in euro]
                + [((party,), amount) for party, _, amount in self.said["drafts"]
                   if party not in euro]),
        }

    def deducted_by_design(self, known: Known) -> dict[str, Amounts]:
        """What Tryton takes off its amount to pay, and we do not hold for money under way.

        `draft`: nobody has submitted it. `booked`: it succeeded, and a payment of the invoice is
        booked, which Tryton takes off a second time. `more than is open`: the rest of such.
        """
        parts = {row["line_id"]: row for row in known.landed("instalment")}
        found: dict[str, Amounts] = {"draft": {}, "booked": {}, "more than is open": {}}
        for (invoice, line), states in self._payments().items():
            left = Decimal(parts[line]["open_amount"])
            succeeded, draft = states.pop("succeeded", 0), states.pop("draft", 0)
            booked = min(succeeded, Decimal(parts[line]["amount"]) - left)
            under_way = sum(states.values()) + succeeded - booked
            for name, amount in (("draft", draft), ("booked", booked),
                                 ("more than is open", max(under_way - left, 0))):
                if amount:
                    found[name][invoice,] = found[name].get((invoice,), Decimal(0)) + amount
        return found

    def _payments(self) -> dict[tuple[str, str], dict[str, Decimal]]:
        """Tryton's payments of what is open, by invoice and line, then by state."""
        sums: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
        for invoice, line, state, amount in self.said["payments"]:
            states = sums[invoice, line]
            states[state] = states.get(state, Decimal(0)) + Decimal(amount)
        return sums

    def _parties_with_euro(self) -> set[str]:
        return {party for party, currency, _ in self.said["lines"] if currency == "EUR"}


def environment(folder: Path, version: str) -> Path:
    """Where the programs are of a virtual environment with Tryton in it."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    uv = shutil.which("uv", path=path) or absent("no uv", "pip install uv")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    done = subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", folder / "bin" / "python",
         DRIVERS[version], f"proteus=={version}.*", f"trytond=={version}.*",
         *(f"trytond_{module}=={version}.*" for module in MODULES)],
        text=True, capture_output=True, timeout=SECONDS_MAX)
    if done.returncode:
        absent(f"no Tryton {version} of a package index", done.stderr[-2000:])
    return folder / "bin"
