"""An Odoo whose users work in it: every kind of change that leaves another figure, or no trace."""

from __future__ import annotations

from decimal import Decimal

from odoo_ledger import DAY, LINE, OdooLedger, Row
from second_night import Amounts, Known, total

FIGURES = """
    select line.id::text, currency.name as currency, line.amount_residual_currency as residual,
        split_part(coalesce(company.parent_path, company.id || '/'), '/', 1) as entity,
        coalesce(partner.commercial_partner_id, 0)::text as customer,
        coalesce(owner.name, '(no partner)') as name,
        coalesce(line.date_maturity, line.date)::text as due,
        line.amount_currency
        - coalesce((select sum(debit_amount_currency) from account_partial_reconcile
            where debit_move_id = line.id), 0)
        + coalesce((select sum(credit_amount_currency) from account_partial_reconcile
            where credit_move_id = line.id), 0) as ledger
    from account_move_line as line
    inner join account_move as move on line.move_id = move.id and move.state = 'posted'
    inner join account_account as account
        on line.account_id = account.id and account.account_type = 'asset_receivable'
    inner join res_company as company on move.company_id = company.id
    inner join res_currency as currency on line.currency_id = currency.id
    left join res_partner as partner on coalesce(line.partner_id, move.partner_id) = partner.id
    left join res_partner as owner on partner.commercial_partner_id = owner.id
"""
INVOICE = "move.move_type = 'out_invoice'"
DRAFT = "select id from account_move where state = 'draft' and move_type like 'out%'"


class Erp(OdooLedger):
    """The database of a URL, and what its users do."""

    proof = "odoo/proof/receivable_account.sql"

    def __init__(self, url: str, seed: int) -> None:
        super().__init__(url, seed)
        self.counts: dict[str, int] = {}
        self.entities = {row["entity"]: row["currency"] for row in self.ask(
            "select company.id::text as entity, currency.name as currency from res_company as "
            "company inner join res_currency as currency on currency.id = company.currency_id "
            "where split_part(company.parent_path, '/', 1) = company.id::text")}

    def change(self, number: int) -> None:
        """Make so many changes, each kind in turn; a kind that finds nothing is left out."""
        kinds = [
            self.paid, self.paid_in_part, self.paid_together, self.overpaid, self.on_account,
            self.set_off, self.unreconciled, self.unreconciled, self.payment_reset,
            self.payment_cancelled, self.bounced, self.invoiced, self.invoice_reset,
            self.invoice_cancelled, self.draft_deleted, self.draft_posted, self.refunded,
            self.credited, self.written_off, self.paid_without_entry, self.arrived, self.merged,
            self.renamed, self.archived, self.moved_due_date,
        ]
        for turn in range(number):
            kind = kinds[turn % len(kinds)]
            try:
                kind()
            except LookupError:
                continue
            self.counts[kind.__name__] = self.counts.get(kind.__name__, 0) + 1

    def figures(self) -> list[tuple[str, Amounts]]:
        """Odoo's residuals, and the same from its entries and reconciliations."""
        rows = self.ask(FIGURES)
        return [figure for way in ("residual", "ledger") for figure in (
            ("items", total(((row["entity"], row["id"], row["due"] if row[way] > 0 else ""),
                             row[way]) for row in rows)),
            ("customers", total(((row["entity"], row["customer"], row["name"], row["currency"]),
                                 row[way]) for row in rows)),
        )]

    def read(self, known: Known) -> dict[str, Amounts]:
        """What was read; of a credit note in parts, each part that is open."""
        parts = {(row["legal_entity_id"], row["invoice_id"], int(row["instalment_no"])): row
                 for row in known.landed("instalment")}
        items = [((entity, parts[entity, invoice, part]["line_id"], str(due)), amount)
                 for entity, invoice, part, due, amount in known.rows(
                     "open_item", "invoice_id, instalment_no, due_date, open_amount")]
        for entity, document, amount in known.rows("credit_item", "document_id, amount"):
            of = [row for (whose, invoice, _), row in parts.items()
                  if (whose, invoice) == (entity, document)]
            assert not of or amount == -sum(Decimal(row["open_amount"]) for row in of)
            items += [((entity, row["line_id"], ""), -Decimal(row["open_amount"])) for row in of]
            items += [] if of else [((entity, document.removeprefix("line-"), ""), amount)]
        return {"items": total(items), "customers": known.customers()}

    def paid(self) -> None:
        line = self.open_line()
        self.pay([line], line["amount_residual_currency"], line)

    def paid_in_part(self) -> None:
        line = self.open_line("line.amount_residual_currency > 3")
        self.pay([line], round(line["amount_residual_currency"] / 3, 0), line)

    def overpaid(self) -> None:
        line = self.open_line()
        self.pay([line], line["amount_residual_currency"] + 7, line)

    def paid_together(self) -> None:
        line = self.open_line()
        lines = self.like(line)
        self.pay(lines, sum(one["amount_residual_currency"] for one in lines), line)

    def on_account(self) -> None:
        self.pay([], Decimal(self.chance.randrange(5, 500)), self.open_line())

    def set_off(self) -> None:
        """Credit that is there, with an invoice of the same customer."""
        credit = self.open_line("exists (select from account_move_line as other where "
                                "other.partner_id = line.partner_id and other.currency_id = "
                                "line.currency_id and other.amount_residual_currency > 0)", side="<")
        for debit in self.like(credit)[:1]:
            self.reconcile(debit["id"], credit["id"])

    def like(self, line: Row) -> list[Row]:
        """Some open debits of the same customer, account and currency."""
        return self.ask(LINE.format(where=(
            f"line.amount_residual_currency > 0 and move.company_id = {line['company']} and "
            f"line.account_id = {line['account_id']} and line.currency_id = {line['currency_id']} "
            f"and partner.commercial_partner_id = {line['customer']} order by line.id limit 3")))

    def unreconciled(self) -> None:
        partial = self.one("select * from account_partial_reconcile where debit_amount_currency > 0")
        self.unreconcile(f"id = {partial['id']}")

    def payment_reset(self) -> None:
        """Back to draft, and then thrown away: its entry is deleted."""
        payment = self.one("select id, move_id from account_payment where move_id is not null")
        self.unreconcile_move(payment["move_id"])
        self.update("account_payment", payment["id"], state="canceled", move_id=None)
        self.delete_move(payment["move_id"])

    def payment_cancelled(self) -> None:
        payment = self.one("select payment.id, payment.move_id from account_payment as payment "
                           "inner join account_move as move on move.id = payment.move_id "
                           "and move.state = 'posted'")
        self.unreconcile_move(payment["move_id"])
        self.state(payment["move_id"], "cancel")
        self.update("account_payment", payment["id"], state="canceled")

    def bounced(self) -> None:
        """Un-reconciled, and reversed by an entry of the same bank."""
        line = self.one(LINE.format(where="line.amount_currency < 0 and line.move_id in "
                                          "(select move_id from account_payment)"))
        self.reverse(line["move_id"])

    def invoiced(self) -> None:
        amount = Decimal(self.chance.randrange(100, 9999))
        self.entry("sale", self.open_line(INVOICE), amount, move_type="out_invoice", parts=2)

    def invoice_reset(self) -> None:
        move = self.open_line(INVOICE)["move_id"]
        self.unreconcile_move(move)
        self.state(move, "draft")

    def invoice_cancelled(self) -> None:
        move = self.open_line(INVOICE)["move_id"]
        self.unreconcile_move(move)
        self.state(move, "cancel")

    def draft_deleted(self) -> None:
        self.delete_move(self.one(DRAFT)["id"])

    def delete_move(self, move: int) -> None:
        self.run(f"delete from account_move_line where move_id = {move}")
        self.run(f"delete from account_move where id = {move}")

    def draft_posted(self) -> None:
        move = self.one(DRAFT)["id"]
        self.state(move, "posted")
        self.update("account_move", move, posted_before=True, name=f"POSTED/{move}")

    def refunded(self) -> None:
        """A credit note for the whole invoice, set against it."""
        line = self.open_line(f"{INVOICE} and line.amount_residual_currency = line.amount_currency")
        self.reverse(line["move_id"], "out_refund")

    def credited(self) -> None:
        """A credit note for a part, in two parts, set against nothing."""
        line = self.open_line(INVOICE)
        self.entry("sale", line, -round(line["amount_currency"] / 4 + 3, 0),
                   move_type="out_refund", parts=2)

    def written_off(self) -> None:
        line = self.open_line(INVOICE)
        (credit,) = self.entry("general", line, -line["amount_residual_currency"])
        self.reconcile(line["id"], credit)

    def paid_without_entry(self) -> None:
        """As Odoo 18 does without an outstanding account: the residual stays whole."""
        line = self.open_line(INVOICE)
        payment = self.insert(
            "account_payment", state="in_process", payment_type="inbound", journal_id=self.one(
                "select id from account_journal where type = 'bank'")["id"],
            currency_id=line["currency_id"], company_id=line["company"],
            partner_id=line["customer"], amount=line["amount_residual_currency"])
        self.run("insert into account_move__account_payment (invoice_id, payment_id) "
                 f"values ({line['move_id']}, {payment})")
        self.update("account_move", line["move_id"], payment_state="paid")

    def arrived(self) -> None:
        """The bank has what had no entry; the payment is cancelled."""
        payment = self.one("select id from account_payment where move_id is null "
                           "and state = 'in_process'")["id"]
        line = self.open_line("line.move_id in (select invoice_id from account_move__account_payment "
                              f"where payment_id = {payment})")
        self.update("account_payment", payment, state="canceled")
        self.pay([line], line["amount_residual_currency"], line)

    def merged(self) -> None:
        """By raw SQL, as Odoo does: no stamp moves."""
        kept, gone = (self.one(LINE.format(where=(
            "partner.commercial_partner_id not in (select partner_id from res_company union select "
            "partner_id from res_users)")))["customer"] for _ in range(2))
        if kept == gone:
            raise LookupError("one customer")
        for name, column in sorted(self.columns):
            if column in ("partner_id", "commercial_partner_id", "partner_shipping_id") or (
                    (name, column) == ("res_partner", "parent_id")):
                self.run(f"update {name} set {column} = {kept} where {column} = {gone}")
        self.run(f"delete from res_partner where id = {gone}")

    def renamed(self) -> None:
        self.update("res_partner", self.one(LINE.format(where="true"))["customer"],
                    name="Renamed & Co", write_date=DAY)

    def archived(self) -> None:
        self.update("res_partner", self.open_line()["customer"], active=False)

    def moved_due_date(self) -> None:
        line = self.open_line("line.date_maturity is not null")
        days = self.chance.choice([-5, 9, 30])
        self.run(f"update account_move_line set date_maturity = date_maturity + {days} "
                 f"where id = {line['id']}")
