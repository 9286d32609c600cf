"""An ERPNext's own tables, written as ERPNext 15 writes them: vouchers and both its ledgers."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import sqlalchemy

Row = dict[str, Any]
DAY = "2027-01-30"
PAYMENT_LEDGER, GENERAL_LEDGER = "tabPayment Ledger Entry", "tabGL Entry"
INVOICE = """
    select invoice.*, entry.account, entry.amount_in_account_currency as ledger_total,
        entry.amount as company_total
    from `tabSales Invoice` as invoice
    inner join `tabPayment Ledger Entry` as entry
        on entry.voucher_no = invoice.name and entry.against_voucher_no = invoice.name
        and entry.delinked = 0
    where invoice.docstatus = 1 and {where}
"""


class ErpnextLedger:
    """The database of a URL; where nothing is as asked for, LookupError."""

    def __init__(self, url: str, seed: int) -> None:
        self.engine = sqlalchemy.create_engine(url)
        self.chance = random.Random(seed)
        self.number = 1000
        self.columns = {(row["t"], row["c"]) for row in self.ask(
            "select table_name as t, column_name as c from information_schema.columns "
            "where table_schema = database()")}

    def ask(self, text: str) -> list[Row]:
        with self.engine.connect().execution_options(no_parameters=True) as erpnext:
            return [dict(row) for row in erpnext.exec_driver_sql(text).mappings()]

    def run(self, text: str, **values: Any) -> None:
        with self.engine.begin() as erpnext:
            erpnext.execute(sqlalchemy.text(text), values)

    def one(self, text: str) -> Row:
        """Some row, by chance."""
        rows = sorted(self.ask(text), key=lambda row: str(row["name"]))
        if not rows:
            raise LookupError(text)
        return self.chance.choice(rows)

    def invoice(self, where: str = "outstanding_amount > 0") -> Row:
        return self.one(INVOICE.format(where=where))

    def new(self, table: str, /, **values: Any) -> str:
        """A row in the columns that the table has, under a name of its own."""
        self.number += 1
        stamp = {"name": f"N{self.number}", "creation": DAY, "modified": DAY, "docstatus": 1}
        row = {column: value for column, value in (stamp | values).items()
               if (table, column) in self.columns}
        columns, marks = ", ".join(row), ", ".join(f":{column}" for column in row)
        self.run(f"insert into `{table}` ({columns}) values ({marks})", **row)
        return str(row["name"])

    def post(self, like: Row, voucher: tuple[str, str],
             parts: list[tuple[str, str, Decimal, Decimal]]) -> None:
        """What a voucher moves, in the account's and in the company's currency, in both ledgers."""
        for against_kind, against, amount, company_amount in parts:
            self.entry(like, voucher, against_kind, against, amount, company_amount)
            named = against_kind == "Sales Invoice"
            self.general(like, voucher, like["account"], amount, company_amount,
                         against_voucher_type=against_kind if named else None,
                         against_voucher=against if named else None,
                         party_type="Customer", party=like["customer"])
        self.general(like, voucher, "Elsewhere", -sum(part[2] for part in parts),
                     -sum(part[3] for part in parts))

    def entry(self, like: Row, voucher: tuple[str, str], against_kind: str, against: str,
              amount: Decimal, company_amount: Decimal) -> None:
        self.new(PAYMENT_LEDGER, posting_date=DAY, company=like["company"],
                 account_type="Receivable", account=like["account"], party_type="Customer",
                 party=like["customer"], voucher_type=voucher[0], voucher_no=voucher[1],
                 against_voucher_type=against_kind, against_voucher_no=against,
                 account_currency=like["party_account_currency"],
                 amount_in_account_currency=amount, amount=company_amount, delinked=0)
        self.outstanding(against, amount)

    def general(self, like: Row, voucher: tuple[str, str], account: str, amount: Decimal,
                company_amount: Decimal, **values: Any) -> None:
        self.new(GENERAL_LEDGER, posting_date=DAY, company=like["company"], account=account,
                 account_currency=like["party_account_currency"], voucher_type=voucher[0],
                 voucher_no=voucher[1], debit_in_account_currency=max(amount, 0),
                 credit_in_account_currency=max(-amount, 0), debit=max(company_amount, 0),
                 credit=max(-company_amount, 0), is_cancelled=0, **values)

    def outstanding(self, invoice: str, amount: Decimal) -> None:
        """ERPNext's own figure of what is open, kept beside the ledgers."""
        self.run("update `tabSales Invoice` set outstanding_amount = outstanding_amount + :amount "
                 "where name = :invoice", amount=amount, invoice=invoice)

    def entries(self, voucher: str) -> list[Row]:
        return self.ask(f"select * from `{PAYMENT_LEDGER}` where voucher_no = '{voucher}' "
                        "and delinked = 0")

    def cancel(self, doctype: str, voucher: str) -> None:
        """Both ledgers get the voucher the other way round, and forget the two of them."""
        for entry in self.entries(voucher):
            self.outstanding(entry["against_voucher_no"], -entry["amount_in_account_currency"])
            self.new(PAYMENT_LEDGER, **{
                **entry, "name": f"{entry['name']}-back", "amount": -entry["amount"],
                "amount_in_account_currency": -entry["amount_in_account_currency"]})
        self.run(f"update `{PAYMENT_LEDGER}` set delinked = 1 where voucher_no = :voucher",
                 voucher=voucher)
        for entry in self.ask(f"select * from `{GENERAL_LEDGER}` where is_cancelled = 0 "
                              f"and voucher_no = '{voucher}'"):
            self.new(GENERAL_LEDGER, **{
                **entry, "name": f"{entry['name']}-back", "debit": entry["credit"],
                "credit": entry["debit"],
                "debit_in_account_currency": entry["credit_in_account_currency"],
                "credit_in_account_currency": entry["debit_in_account_currency"]})
        self.run(f"update `{GENERAL_LEDGER}` set is_cancelled = 1 where voucher_no = :voucher",
                 voucher=voucher)
        if (f"tab{doctype}", "docstatus") in self.columns:
            self.run(f"update `tab{doctype}` set docstatus = 2 where name = :voucher",
                     voucher=voucher)
