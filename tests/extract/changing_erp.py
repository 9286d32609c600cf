"""A small ERP in PostgreSQL that changes from night to night in every way that ERPs are seen to."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy
from receivables.settings import Source

SCHEMA = """
drop schema if exists erp cascade;
create schema erp;
create table erp.partner (id int primary key, name text, country text, write_date timestamp);
create table erp.move (
    id int primary key, number text, partner_id int, kind text, state text, posted date,
    amount numeric, note text, paid_rate float8, write_date timestamp
);
create table erp.term (move_id int, no int, due date, amount numeric);
create table erp.payment (
    id int primary key, partner_id int, paid date, amount numeric, write_date timestamp
);
create table erp.reconcile (
    id int primary key, payment_id int, move_id int, amount numeric, created timestamptz
);
"""

SELECTS = {
    "customer": "select id as customer_id, 'E1' as legal_entity_id, name, country from erp.partner",
    "invoice": """
        -- Posted documents; 100 % of them, and a colon: here.
        with posted as (select * from erp.move where state <> 'draft')
        select
            id as invoice_id, 'E1' as legal_entity_id, partner_id as customer_id,
            number as invoice_number, kind as document_type, posted as issue_date,
            posted as posting_date, 'EUR' as currency, amount as gross_amount,
            case state when 'cancel' then 'cancelled' else 'posted' end as status,
            note as description, paid_rate, write_date as updated_at
        from posted where number not like '%no such number%';""",
    "instalment": """
        select move_id as invoice_id, 'E1' as legal_entity_id, no as instalment_no,
            due as due_date, term.amount
        from erp.term join erp.move on move.id = term.move_id where move.state <> 'draft'""",
    "receipt": """
        select id as receipt_id, 'E1' as legal_entity_id, partner_id as customer_id,
            paid as receipt_date, 'EUR' as currency, amount, write_date as updated_at
        from erp.payment""",
    "allocation": """
        select id as allocation_id, 'E1' as legal_entity_id, move_id as invoice_id,
            'receipt' as source_type, payment_id as source_id, created::date as allocation_date,
            amount, created
        from erp.reconcile""",
}

FIRST_DAY = date(2026, 1, 1)


def erp_source(folder: Path, *, incremental: bool = True, **selects: str) -> Source:
    """The SELECTs that read the ERP."""
    folder.mkdir(exist_ok=True)
    for name, text in (SELECTS | selects).items():
        (folder / f"{name}.sql").write_text(text)
    return Source(
        name="erp", kind="sql", connection="erp", directory=None, sql=str(folder),
        entities=("E1",), open_amounts="from_allocations", incremental=incremental,
    )


class ChangingErp:
    """The ERP, and what may happen to it; every change is one of `changes`."""

    def __init__(self, url: str, seed: int) -> None:
        self.engine = sqlalchemy.create_engine(url)
        self.chance = random.Random(seed)
        self.day = FIRST_DAY
        self._id = 100
        self.run(SCHEMA)
        for _ in range(12):
            self.new_customer()
        for _ in range(60):
            self.new_invoice()
        for _ in range(25):
            self.payment()

    @property
    def changes(self) -> list[Callable[[], None]]:
        return [
            self.new_customer, self.new_invoice, self.payment, self.late_invoice,
            self.unreconciled, self.merged_customers, self.renamed_customer, self.renumbered,
            self.swapped_numbers, self.deleted_draft, self.posted_draft, self.deleted_invoice,
            self.cancelled, self.corrected_by_hand, self.moved_due_date, self.stamp_of_tomorrow,
            self.blanks, self.same_row_twice, self.back_as_it_was, self.rate_in_the_last_digit,
            self.null_and_empty,
        ]

    def night(self, changes: int) -> None:
        """A day passes, and so many things change, each by chance."""
        self.day += timedelta(days=1)
        for change in self.chance.choices(self.changes, k=changes):
            change()

    def run(self, text: str, **values: Any) -> None:
        with self.engine.begin() as erp:
            erp.execute(sqlalchemy.text(text), values)

    def one(self, table: str, where: str = "true") -> int | None:
        """The id of some row."""
        with self.engine.connect() as erp:
            ids = erp.execute(
                sqlalchemy.text(f"select id from erp.{table} where {where} order by id")
            ).scalars().all()
        return self.chance.choice(ids) if ids else None

    def next_id(self) -> int:
        self._id += 1
        return self._id

    def new_customer(self) -> None:
        id = self.next_id()
        self.run("insert into erp.partner values (:id, :name, 'DE', :day)",
                 id=id, name=f"Customer {id}", day=self.day)

    def new_invoice(self, *, posted: date | None = None, stamp: date | None = None) -> None:
        id, amount = self.next_id(), f"{self.chance.randrange(1, 99999)}.{self.chance.choice('05')}0"
        self.run(
            "insert into erp.move values (:id, :number, :partner, 'invoice', :state, :posted, "
            ":amount, 'Goods 100 %', 0.1, :stamp)",
            id=id, number=f"R{id}", partner=self.one("partner"), amount=amount,
            state=self.chance.choice(["posted", "posted", "draft"]), posted=posted or self.day,
            stamp=stamp or self.day,
        )
        self.run("insert into erp.term values (:id, 1, :due, :amount)",
                 id=id, due=self.day + timedelta(days=30), amount=amount)

    def late_invoice(self) -> None:
        """Committed tonight, stamped and posted before the last night."""
        before = self.day - timedelta(days=9)
        self.new_invoice(posted=before, stamp=before)

    def payment(self) -> None:
        payment, move = self.next_id(), self.one("move", "state = 'posted'")
        self.run("insert into erp.payment select :id, partner_id, :day, amount, :day "
                 "from erp.move where id = :move", id=payment, day=self.day, move=move)
        self.run("insert into erp.reconcile select :id, :payment, id, amount, :day "
                 "from erp.move where id = :move",
                 id=self.next_id(), payment=payment, move=move, day=self.day)

    def unreconciled(self) -> None:
        self.run("delete from erp.reconcile where id = :id", id=self.one("reconcile"))

    def merged_customers(self) -> None:
        """By raw SQL, as ERPs do it: no stamp moves."""
        kept, gone = self.one("partner"), self.one("partner")
        if kept != gone:
            for table in ("move", "payment"):
                self.run(f"update erp.{table} set partner_id = :kept where partner_id = :gone",
                         kept=kept, gone=gone)
            self.run("delete from erp.partner where id = :gone", gone=gone)

    def renamed_customer(self) -> None:
        self.run("update erp.partner set name = name || ' & Co' where id = :id",
                 id=self.one("partner"))

    def renumbered(self) -> None:
        self.run("update erp.move set number = number || '-1' where id = :id",
                 id=self.one("move", "state <> 'draft'"))

    def swapped_numbers(self) -> None:
        one, other = self.one("move"), self.one("move")
        self.run("update erp.move set number = (select number from erp.move as o where o.id = "
                 "case move.id when :one then :other else :one end) where id in (:one, :other)",
                 one=one, other=other)

    def deleted_draft(self) -> None:
        self.run("delete from erp.move where id = :id", id=self.one("move", "state = 'draft'"))

    def posted_draft(self) -> None:
        self.run("update erp.move set state = 'posted' where id = :id",
                 id=self.one("move", "state = 'draft'"))

    def deleted_invoice(self) -> None:
        id = self.one("move")
        for table, key in (("reconcile", "move_id"), ("term", "move_id"), ("move", "id")):
            self.run(f"delete from erp.{table} where {key} = :id", id=id)

    def cancelled(self) -> None:
        self.run("update erp.move set state = 'cancel', write_date = :day where id = :id",
                 id=self.one("move"), day=self.day)

    def corrected_by_hand(self) -> None:
        self.run("update erp.move set amount = amount + 0.01 where id = :id", id=self.one("move"))

    def moved_due_date(self) -> None:
        self.run("update erp.term set due = due + 7 where move_id = :id", id=self.one("move"))

    def stamp_of_tomorrow(self) -> None:
        """A server whose clock is ahead, or behind."""
        self.run("update erp.move set note = note || '!', write_date = :stamp where id = :id",
                 id=self.one("move"),
                 stamp=self.day + timedelta(days=self.chance.choice([-30, 30])))

    def blanks(self) -> None:
        """Nothing that landing keeps, but a change nevertheless."""
        self.run("update erp.move set note = note || '  ' where id = :id", id=self.one("move"))

    def same_row_twice(self) -> None:
        """A table without a key: the same row once more."""
        self.run("insert into erp.term select * from erp.term where move_id = :id limit 1",
                 id=self.one("move"))

    def back_as_it_was(self) -> None:
        """One of two notes, so that rows go, come back as they were, and go again."""
        self.run("update erp.move set note = case note when 'A' then 'B' else 'A' end "
                 "where id % 5 = 0")

    def rate_in_the_last_digit(self) -> None:
        self.run("update erp.move set paid_rate = paid_rate + 1e-16 where id = :id",
                 id=self.one("move"))

    def null_and_empty(self) -> None:
        self.run("update erp.move set note = case when note is null then '' end where id = :id",
                 id=self.one("move"))
