"""An Odoo's own tables, written as Odoo 18 writes them: entries, reconciliations, residuals."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import sqlalchemy

Row = dict[str, Any]

DAY = "2027-01-30"
LINE = """
    select line.*, move.move_type, move.company_id as company,
        coalesce(partner.commercial_partner_id, 0) as customer
    from account_move_line as line
    inner join account_move as move on line.move_id = move.id and move.state = 'posted'
    inner join account_account as account
        on line.account_id = account.id and account.account_type = 'asset_receivable'
    inner join res_partner as partner on line.partner_id = partner.id
    where {where}
"""
# What a row needs beyond what is said of it, where the table has the column.
NEW = {
    "account_move": {"state": "posted", "auto_post": "no", "date": DAY, "posted_before": True,
                     "payment_state": "not_paid"},
    "account_move_line": {"display_type": "product", "date": DAY, "parent_state": "posted"},
    "account_payment": {"partner_type": "customer", "date": DAY},
    "account_full_reconcile": {"create_uid": 1},
}


class OdooLedger:
    """The database of a URL; where nothing is as asked for, LookupError."""

    def __init__(self, url: str, seed: int) -> None:
        self.engine = sqlalchemy.create_engine(url)
        self.chance = random.Random(seed)
        self.columns = {(row["table_name"], row["column_name"]) for row in self.ask(
            "select table_name, column_name from information_schema.columns "
            "where table_schema = 'public'")}

    def ask(self, text: str) -> list[Row]:
        with self.engine.connect().execution_options(no_parameters=True) as odoo:
            return [dict(row) for row in odoo.exec_driver_sql(text).mappings()]

    def run(self, text: str, **values: Any) -> None:
        with self.engine.begin() as odoo:
            odoo.execute(sqlalchemy.text(text), values)

    def one(self, text: str) -> Row:
        """Some row, by chance."""
        rows = sorted(self.ask(text), key=lambda row: row["id"])
        if not rows:
            raise LookupError(text)
        return self.chance.choice(rows)

    def open_line(self, where: str = "true", *, side: str = ">") -> Row:
        """An item on a receivable account that is not settled; a debit, unless said otherwise."""
        return self.one(LINE.format(where=f"line.amount_residual_currency {side} 0 and {where}"))

    def line(self, id: int) -> Row:
        return self.one(LINE.format(where=f"line.id = {id}"))

    def insert(self, table: str, /, **values: Any) -> int:
        """A row with the next id, in the columns that the table has."""
        id = int(self.ask(f"select coalesce(max(id), 0) + 1 as id from {table}")[0]["id"])
        stamp = {"id": id, "write_date": DAY, "create_date": DAY}
        row = {column: value for column, value in (stamp | NEW.get(table, {}) | values).items()
               if (table, column) in self.columns}
        marks = ", ".join(f":{column}" for column in row)
        self.run(f"insert into {table} ({', '.join(row)}) values ({marks})", **row)
        return id

    def update(self, table: str, id: int, /, **values: Any) -> None:
        row = {column: value for column, value in values.items() if (table, column) in self.columns}
        if row:
            setters = ", ".join(f"{column} = :{column}" for column in row)
            self.run(f"update {table} set {setters} where id = :id", id=id, **row)

    def entry(self, journal: str, like: Row, amount: Decimal, *, move_type: str = "entry",
              parts: int = 1, rate: Decimal | None = None) -> list[int]:
        """A posted entry on the receivable account of a line; returns its items there."""
        journal_id = self.one(f"select id from account_journal where type = '{journal}' and "
                              f"company_id = {like['company']}")["id"]
        number = self.ask("select max(id) + 1 as id from account_move")[0]["id"]
        move = self.insert(
            "account_move", name=f"{journal.upper()}/{number}", move_type=move_type,
            journal_id=journal_id, company_id=like["company"], partner_id=like["customer"],
            commercial_partner_id=like["customer"], currency_id=like["currency_id"],
            invoice_date=None if move_type == "entry" else DAY,
        )
        if rate is None:
            rate = like["balance"] / like["amount_currency"]
        whole = round(amount * rate, 2)
        lines, rest, rest_balance = [], amount, whole
        for part in range(parts):
            last = part == parts - 1
            here = rest if last else round(amount / parts, 0)
            balance = rest_balance if last else round(here * rate, 2)
            rest, rest_balance = rest - here, rest_balance - balance
            lines.append(self.item(move, like, here, balance))
        return lines

    def item(self, move: int, like: Row, amount: Decimal, balance: Decimal) -> int:
        return self.insert(
            "account_move_line", move_id=move, account_id=like["account_id"],
            partner_id=like["customer"], currency_id=like["currency_id"],
            company_id=like["company"], date_maturity=DAY, amount_currency=amount,
            balance=balance, debit=max(balance, 0), credit=max(-balance, 0),
            amount_residual=balance, amount_residual_currency=amount, reconciled=False,
        )

    def pay(self, lines: list[Row], amount: Decimal, like: Row) -> None:
        """A payment of a customer, and what it is set against; at a rate of its own day."""
        rate = like["balance"] / like["amount_currency"]
        if rate != 1:
            rate *= self.chance.choice([Decimal("0.97"), Decimal(1), Decimal("1.04")])
        (credit,) = self.entry("bank", like, -amount, rate=rate)
        paid = self.line(credit)
        self.insert(
            "account_payment", move_id=paid["move_id"], state="paid", payment_type="inbound",
            currency_id=like["currency_id"], amount=amount, partner_id=like["customer"],
            company_id=like["company"], journal_id=self.one(
                f"select id, journal_id from account_move where id = {paid['move_id']}"
            )["journal_id"],
        )
        for line in lines:
            self.reconcile(line["id"], credit)

    def reconcile(self, debit_id: int, credit_id: int) -> None:
        """Set two items of one currency off, with the exchange difference that comes of it."""
        debit, credit = self.line(debit_id), self.line(credit_id)
        owed, given = debit["amount_residual_currency"], -credit["amount_residual_currency"]
        amount = min(owed, given)
        if amount <= 0:
            return
        of_debit = round(debit["amount_residual"] * amount / owed, 2)
        of_credit = round(-credit["amount_residual"] * amount / given, 2)
        balance = min(of_debit, of_credit)
        partial = self.partial(debit, credit, balance, amount)
        if of_debit != of_credit:
            self.exchange(partial, debit if of_debit > of_credit else credit,
                          of_debit - balance or balance - of_credit)
        for move in (debit["move_id"], credit["move_id"]):
            self.payment_state(move)

    def partial(self, debit: Row, credit: Row, balance: Decimal, amount: Decimal) -> int:
        id = self.insert(
            "account_partial_reconcile", debit_move_id=debit["id"], credit_move_id=credit["id"],
            debit_currency_id=debit["currency_id"], credit_currency_id=credit["currency_id"],
            max_date=max(debit["date"], credit["date"]), amount=balance,
            debit_amount_currency=amount, credit_amount_currency=amount,
        )
        self.settle(debit["id"], -balance, -amount)
        self.settle(credit["id"], balance, amount)
        return id

    def settle(self, line: int, balance: Decimal, amount: Decimal) -> None:
        """Odoo's own figure of what is left of an item."""
        self.run("update account_move_line set amount_residual = amount_residual + :balance, "
                 "amount_residual_currency = amount_residual_currency + :amount where id = :line",
                 line=line, balance=balance, amount=amount)
        if ("account_move_line", "reconciled") in self.columns:
            self.run("update account_move_line set reconciled = amount_residual = 0 and "
                     "amount_residual_currency = 0 where id = :line", line=line)

    def exchange(self, partial: int, line: Row, difference: Decimal) -> None:
        """The entry for what is left of an item in the books only, set against it."""
        (other,) = self.entry("general", line, Decimal(0))
        self.run("update account_move_line set balance = :left, amount_residual = :left "
                 "where id = :other", left=-difference, other=other)
        pair = (line, self.line(other))
        debit, credit = pair if difference > 0 else pair[::-1]
        self.partial(debit, credit, abs(difference), Decimal(0))
        self.update("account_partial_reconcile", partial, exchange_move_id=self.line(other)["move_id"])

    def unreconcile(self, where: str) -> None:
        """Delete reconciliations; their exchange differences are reversed, not deleted."""
        for partial in self.ask(f"select * from account_partial_reconcile where {where}"):
            if not self.ask(f"select from account_partial_reconcile where id = {partial['id']}"):
                continue
            self.run("delete from account_partial_reconcile where id = :id", id=partial["id"])
            self.settle(partial["debit_move_id"], partial["amount"],
                        partial["debit_amount_currency"])
            self.settle(partial["credit_move_id"], -partial["amount"],
                        -partial["credit_amount_currency"])
            for line in (partial["debit_move_id"], partial["credit_move_id"]):
                self.payment_state(self.ask(
                    f"select move_id from account_move_line where id = {line}")[0]["move_id"])
            if partial.get("exchange_move_id"):
                self.reverse(partial["exchange_move_id"])

    def unreconcile_move(self, move: int) -> None:
        items = f"(select id from account_move_line where move_id = {move})"
        self.unreconcile(f"debit_move_id in {items} or credit_move_id in {items}")

    def reverse(self, move: int, move_type: str = "entry") -> None:
        """An entry the other way round, set against the first."""
        self.unreconcile_move(move)
        journal = self.one("select move.id, journal.type from account_move as move inner join "
                           f"account_journal as journal on journal.id = move.journal_id where "
                           f"move.id = {move}")["type"]
        for line in self.ask(LINE.format(where=f"line.move_id = {move}")):
            rate = line["balance"] / (line["amount_currency"] or 1)
            (other,) = self.entry(journal, line, -line["amount_currency"], move_type=move_type,
                                  rate=rate)
            self.run("update account_move_line set balance = :left, amount_residual = :left "
                     "where id = :other", left=-line["balance"], other=other)
            pair = sorted([self.line(line["id"]), self.line(other)], key=lambda row: -row["balance"])
            self.partial(*pair, abs(line["balance"]), abs(line["amount_currency"]))
            self.payment_state(self.line(other)["move_id"])
        self.payment_state(move)

    def payment_state(self, move: int) -> None:
        left = self.ask(
            "select sum(abs(line.amount_residual_currency)) as residual, sum(abs("
            "line.amount_currency)) as amount from account_move_line as line inner join "
            "account_account as account on line.account_id = account.id and account_type = "
            f"'asset_receivable' where line.move_id = {move}")[0]
        state = ("paid" if not left["residual"] else
                 "not_paid" if left["residual"] == left["amount"] else "partial")
        self.run("update account_move set payment_state = :state, write_date = :day where id = "
                 ":move and move_type <> 'entry'", state=state, move=move, day=DAY)

    def state(self, move: int, state: str) -> None:
        self.update("account_move", move, state=state, write_date=DAY)
        for line in self.ask(f"select id from account_move_line where move_id = {move}"):
            self.update("account_move_line", line["id"], parent_state=state)
