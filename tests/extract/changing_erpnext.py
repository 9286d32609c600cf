"""An ERPNext whose users work in it: every kind of change that leaves another figure, or no trace."""

from __future__ import annotations

from decimal import Decimal

from erpnext_ledger import DAY, INVOICE, PAYMENT_LEDGER, ErpnextLedger, Row
from second_night import Amounts, Known, total

CENT = Decimal("0.01")
PAYMENT = """
    select `tabPayment Entry`.name from `tabPayment Entry` where docstatus = 1
        and exists (select 1 from `tabPayment Ledger Entry` as entry where delinked = 0
            and entry.voucher_no = `tabPayment Entry`.name and {where})
"""
LEDGER = """
    select abbr as entity, party as customer, customer_name as name, account_currency as currency,
        against_voucher_no as voucher, sum(amount_in_account_currency) as amount
    from `tabPayment Ledger Entry` as entry
    inner join tabCompany on tabCompany.name = entry.company
    inner join tabCustomer on tabCustomer.name = entry.party
    where delinked = 0 and account_type = 'Receivable' and party_type = 'Customer'
    group by abbr, party, customer_name, account_currency, against_voucher_no
"""
GENERAL = """
    select abbr as entity, party as customer, customer_name as name,
        tabAccount.account_currency as currency, coalesce(against_voucher, voucher_no) as voucher,
        sum(debit_in_account_currency - credit_in_account_currency) as amount
    from `tabGL Entry` as entry
    inner join tabCompany on tabCompany.name = entry.company
    inner join tabAccount on tabAccount.name = entry.account and account_type = 'Receivable'
    inner join tabCustomer on tabCustomer.name = entry.party
    where is_cancelled = 0
    group by abbr, party, customer_name, tabAccount.account_currency,
        coalesce(against_voucher, voucher_no)
"""
OUTSTANDING = """
    select abbr as entity, invoice.name as voucher, party_account_currency as currency,
        outstanding_amount as amount, invoice.currency as own_currency, invoice.due_date,
        abs(if(disable_rounded_total or rounded_total = 0, grand_total, rounded_total)) as gross
    from `tabSales Invoice` as invoice
    inner join tabCompany on tabCompany.name = invoice.company
    where invoice.docstatus = 1
"""


class Erp(ErpnextLedger):
    """The database of a URL, and what its users do."""

    proof = "erpnext/proof/open_items_equal_receivables_accounts.sql"

    def __init__(self, url: str, seed: int) -> None:
        super().__init__(url, seed)
        self.counts: dict[str, int] = {}
        self.entities = {row["abbr"]: row["default_currency"] for row in self.ask(
            "select abbr, default_currency from tabCompany")}

    def change(self, number: int) -> None:
        """Make so many changes, each kind in turn; a kind that finds nothing is left out."""
        kinds = [
            self.paid, self.paid_in_part, self.paid_together, self.overpaid, self.on_account,
            self.reconciled, self.unreconciled, self.unreconciled, self.payment_cancelled,
            self.invoiced, self.invoice_cancelled, self.amended, self.draft_deleted,
            self.payment_drafted, self.returned, self.credited, self.written_off,
            self.journal_cancelled, self.paid_by_journal, self.merged, self.renamed,
            self.moved_due_date,
        ]
        for turn in range(number):
            kind = kinds[turn % len(kinds)]
            try:
                kind()
            except LookupError:
                continue
            self.counts[kind.__name__] = self.counts.get(kind.__name__, 0) + 1

    def figures(self) -> list[tuple[str, Amounts]]:
        """What is outstanding on invoices, and what both ledgers say of each voucher and customer."""
        outstanding = self.ask(OUTSTANDING)
        figures = [("invoices", total(((row["entity"], row["voucher"], row["currency"]),
                                       cents(row["amount"])) for row in outstanding)),
                   ("instalments", self.instalments(outstanding))]
        for ledger in (LEDGER, GENERAL):
            rows = [row | {"amount": cents(row["amount"])} for row in self.ask(ledger)]
            figures += [
                ("vouchers", total(((row["entity"], row["voucher"], row["currency"]),
                                    row["amount"]) for row in rows)),
                ("customers", total(((row["entity"], row["customer"], row["name"],
                                      row["currency"]), row["amount"]) for row in rows)),
            ]
        return figures

    def instalments(self, outstanding: list[Row]) -> Amounts:
        """What is outstanding lies on the latest parts; only where one currency serves for both."""
        schedule = self.ask("select parent, due_date, payment_amount from `tabPayment Schedule` "
                            "where parenttype = 'Sales Invoice' order by parent, idx desc")
        parts = []
        for row in outstanding:
            if row["currency"] != row["own_currency"] or row["amount"] < 0:
                continue
            rest = cents(row["amount"])
            terms = [term for term in schedule if term["parent"] == row["voucher"]] or [
                {"due_date": row["due_date"], "payment_amount": row["gross"]}]
            for at, term in enumerate(terms):
                part = rest if at == len(terms) - 1 else min(rest, cents(term["payment_amount"]))
                rest -= part
                parts.append(((row["entity"], row["voucher"], str(term["due_date"])), part))
        return total(parts)

    def read(self, known: Known) -> dict[str, Amounts]:
        """What was read, in the currency of the ledger."""
        landed = {(row["legal_entity_id"], row["invoice_id"]): row
                  for row in known.landed("invoice")}
        vouchers, customers, instalments = [], [], []
        names = {(row["legal_entity_id"], row["customer_id"]): row["name"]
                 for row in known.landed("customer")}
        rows = known.rows("open_item", "invoice_id, customer_id, currency, open_amount, due_date")
        rows += [(*row, None) for row in known.rows(
            "credit_item", "document_id, customer_id, currency, amount")]
        invoices = {key[:2] for name, figure in self.figures() if name == "invoices"
                    for key in figure}
        derived = set()
        for entity, document, customer, currency, amount, due in rows:
            row = landed.get((entity, document))
            if row and row["ledger_currency"] != currency:
                derived.add((entity, document))
                continue
            vouchers.append(((entity, document.split(" / ")[0], currency), amount))
            customers.append(((entity, customer, names[entity, customer], currency), amount))
            if due and (entity, document) in invoices:
                instalments.append(((entity, document, str(due)), amount))
        for entity, document in derived:
            row = landed[entity, document]
            amount, customer = cents(row["ledger_open_amount"]), row["customer_id"]
            currency = row["ledger_currency"]
            vouchers.append(((entity, document, currency), amount))
            customers.append(((entity, customer, names[entity, customer], currency), amount))
        return {"vouchers": total(vouchers), "customers": total(customers),
                "instalments": total(instalments),
                "invoices": total(item for item in vouchers if item[0][:2] in invoices)}

    def paid(self) -> None:
        invoice = self.invoice()
        self.pay(invoice, [(invoice, invoice["outstanding_amount"])])

    def paid_in_part(self) -> None:
        invoice = self.invoice("outstanding_amount > 3")
        self.pay(invoice, [(invoice, cents(invoice["outstanding_amount"] / 3))])

    def paid_together(self) -> None:
        like = self.invoice()
        self.pay(like, [(one, one["outstanding_amount"]) for one in self.ask(
            self.same(like, "outstanding_amount > 0") + " order by name limit 3")])

    def overpaid(self) -> None:
        invoice = self.invoice()
        self.pay(invoice, [(invoice, invoice["outstanding_amount"])], Decimal("7.77"))

    def on_account(self) -> None:
        self.pay(self.invoice(), [], Decimal(self.chance.randrange(5, 500)))

    def same(self, like: Row, where: str) -> str:
        """The invoices of a customer on the same account."""
        customer = like["customer"].replace("'", "''")
        return INVOICE.format(where=f"{where} and invoice.customer = '{customer}' and "
                                    f"entry.account = '{like['account']}'")

    def pay(self, like: Row, paid: list[tuple[Row, Decimal]], rest: Decimal = Decimal(0)) -> None:
        """A payment entry; in another currency at a rate of its day, the difference by a journal."""
        self.number += 1
        name = f"PAY-{self.number}"
        kind = ("Payment Entry", name)
        rate = like["company_total"] / like["ledger_total"]
        day_rate = rate if rate == 1 else rate * self.chance.choice([Decimal("0.98"), Decimal(1)])
        self.new("tabPayment Entry", name=name, payment_type="Receive", posting_date=DAY,
                 company=like["company"], party=like["customer"], party_type="Customer",
                 reference_no=name, received_amount=sum(row[1] for row in paid) + rest,
                 paid_to_account_currency=like["party_account_currency"])
        parts = [("Sales Invoice", invoice["name"], -amount, -cents(amount * day_rate))
                 for invoice, amount in paid]
        if rest:
            parts.append(("Payment Entry", name, -rest, -cents(rest * day_rate)))
        self.post(like, kind, parts)
        for invoice, amount in paid:
            self.refer(name, invoice["name"], amount)
            if difference := cents(amount * day_rate) - cents(amount * rate):
                self.journal(invoice, f"{name}-EXCHANGE", Decimal(0), difference)

    def refer(self, payment: str, invoice: str, amount: Decimal, docstatus: int = 1) -> None:
        self.new("tabPayment Entry Reference", parent=payment, parenttype="Payment Entry",
                 reference_doctype="Sales Invoice", reference_name=invoice,
                 allocated_amount=amount, docstatus=docstatus)

    def journal(self, invoice: Row, name: str, amount: Decimal, company_amount: Decimal,
                account: str = "Elsewhere") -> None:
        """A journal entry against an invoice."""
        self.run("delete from `tabJournal Entry` where name = :name", name=name)
        self.new("tabJournal Entry", name=name, posting_date=DAY, company=invoice["company"])
        for one in (invoice["account"], account):
            self.new("tabJournal Entry Account", parent=name, account=one)
        self.post(invoice, ("Journal Entry", name),
                  [("Sales Invoice", invoice["name"], amount, company_amount)])

    def reconciled(self) -> None:
        """Money on account set against an invoice: the payment's entries are written anew."""
        entry = self.one(f"select * from `{PAYMENT_LEDGER}` where delinked = 0 and voucher_type = "
                         "'Payment Entry' and voucher_no = against_voucher_no and amount < -1")
        entry["customer"] = entry["party"]
        invoice = self.one(self.same(entry, "outstanding_amount > 0"))
        amount = min(-entry["amount_in_account_currency"], invoice["outstanding_amount"])
        self.move(entry, ("Sales Invoice", invoice["name"]), amount)
        self.refer(entry["voucher_no"], invoice["name"], amount)

    def unreconciled(self) -> None:
        """Money of an invoice is on account again."""
        entry = self.one(f"select * from `{PAYMENT_LEDGER}` where delinked = 0 and amount < 0 and "
                         "voucher_type = 'Payment Entry' and against_voucher_type = 'Sales Invoice'")
        self.move(entry, ("Payment Entry", entry["voucher_no"]),
                  -entry["amount_in_account_currency"])
        self.run("delete from `tabPayment Entry Reference` where parent = :parent and "
                 "reference_name = :name", parent=entry["voucher_no"],
                 name=entry["against_voucher_no"])
        if self.entries(f"{entry['voucher_no']}-EXCHANGE"):
            self.cancel("Journal Entry", f"{entry['voucher_no']}-EXCHANGE")

    def move(self, entry: Row, against: tuple[str, str], amount: Decimal) -> None:
        """Delete what a voucher has in both ledgers and write it with another against."""
        voucher = (entry["voucher_type"], entry["voucher_no"])
        like = entry | {"customer": entry["party"],
                        "party_account_currency": entry["account_currency"]}
        parts = {}
        for old in self.entries(entry["voucher_no"]):
            key = (old["against_voucher_type"], old["against_voucher_no"])
            parts[key] = [old["amount_in_account_currency"], old["amount"]]
            self.outstanding(key[1], -old["amount_in_account_currency"])
        before = (entry["against_voucher_type"], entry["against_voucher_no"])
        company = cents(amount * parts[before][1] / parts[before][0])
        if amount == -parts[before][0]:
            company = -parts[before][1]
        here, there = parts[before], parts.setdefault(against, [Decimal(0), Decimal(0)])
        here[0], here[1] = here[0] + amount, here[1] + company
        there[0], there[1] = there[0] - amount, there[1] - company
        for table in (PAYMENT_LEDGER, "tabGL Entry"):
            self.run(f"delete from `{table}` where voucher_no = :name", name=voucher[1])
        self.post(like, voucher, [(*key, *amounts) for key, amounts in parts.items() if amounts[0]])

    def payment_cancelled(self) -> None:
        payment = self.one(PAYMENT.format(where="true"))["name"]
        self.cancel("Payment Entry", payment)
        if self.entries(f"{payment}-EXCHANGE"):
            self.cancel("Journal Entry", f"{payment}-EXCHANGE")

    def invoiced(self) -> Row:
        return self.bill(self.invoice(), Decimal(self.chance.randrange(100, 9999)))

    def bill(self, like: Row, total: Decimal, **values: object) -> Row:
        """An invoice in the currency of another, in two parts; below zero, a credit note."""
        self.number += 1
        name = f"NEW-{self.number}"
        share = total / (like["rounded_total"] or like["grand_total"])
        amount, company_amount = (cents(like[column] * share)
                                  for column in ("ledger_total", "company_total"))
        invoice = {column: like[column] for column in (
            "company", "customer", "currency", "party_account_currency")} | {
            "name": name, "posting_date": DAY, "due_date": DAY, "grand_total": total,
            "base_grand_total": company_amount, "disable_rounded_total": 1, "docstatus": 1,
            "is_return": int(total < 0)}
        self.new("tabSales Invoice", **(invoice | values))
        for idx, part in enumerate((cents(total / 3), total - cents(total / 3)) if total > 0 else ()):
            self.new("tabPayment Schedule", parent=name, parenttype="Sales Invoice", idx=idx + 1,
                     due_date=f"2027-0{idx + 2}-10", payment_amount=part)
        against = str(values.get("return_against") or name)
        self.post(like | invoice, ("Sales Invoice", name),
                  [("Sales Invoice", against, amount, company_amount)])
        return like | invoice

    def returned(self) -> None:
        """A credit note against its invoice."""
        invoice = self.invoice("outstanding_amount > 5 and disable_rounded_total = 0")
        self.bill(invoice, -cents(invoice["grand_total"] * invoice["outstanding_amount"]
                                  / invoice["ledger_total"] / 2),
                  return_against=invoice["name"], update_outstanding_for_self=0)

    def credited(self) -> None:
        """A credit note that stands for itself."""
        invoice = self.invoice("outstanding_amount > 5")
        self.bill(invoice, -cents(invoice["grand_total"] / 4), is_return=1)

    def invoice_cancelled(self) -> str:
        """Its payments are taken off it before."""
        invoice = self.invoice("outstanding_amount > 0 and not exists (select 1 from "
                               f"`{PAYMENT_LEDGER}` as other where other.delinked = 0 and "
                               "other.against_voucher_no = invoice.name and "
                               "other.voucher_type in ('Journal Entry', 'Sales Invoice') and "
                               "other.voucher_no <> invoice.name)")["name"]
        for entry in self.ask(f"select * from `{PAYMENT_LEDGER}` where delinked = 0 and "
                              f"against_voucher_no = '{invoice}' and voucher_no <> '{invoice}'"):
            self.move(entry, (entry["voucher_type"], entry["voucher_no"]),
                      -entry["amount_in_account_currency"])
        self.cancel("Sales Invoice", invoice)
        return str(invoice)

    def amended(self) -> None:
        like = self.invoice()
        self.bill(like, Decimal(77), amended_from=self.invoice_cancelled())

    def draft_deleted(self) -> None:
        draft = self.one("select name from `tabPayment Entry` where docstatus = 0")["name"]
        self.run("delete from `tabPayment Entry Reference` where parent = :name", name=draft)
        self.run("delete from `tabPayment Entry` where name = :name", name=draft)

    def payment_drafted(self) -> None:
        invoice = self.invoice()
        name = self.new("tabPayment Entry", docstatus=0, payment_type="Receive", posting_date=DAY,
                        company=invoice["company"], party=invoice["customer"])
        self.refer(name, invoice["name"], invoice["outstanding_amount"], docstatus=0)

    def written_off(self) -> None:
        invoice = self.invoice()
        rate = invoice["company_total"] / invoice["ledger_total"]
        self.number += 1
        self.journal(invoice, f"WRITE-OFF-{self.number}", -invoice["outstanding_amount"],
                     -cents(invoice["outstanding_amount"] * rate))

    def paid_by_journal(self) -> None:
        invoice = self.invoice()
        rate = invoice["company_total"] / invoice["ledger_total"]
        bank = self.one("select name from tabAccount where account_type = 'Bank'")["name"]
        self.number += 1
        self.journal(invoice, f"BANK-{self.number}", -invoice["outstanding_amount"],
                     -cents(invoice["outstanding_amount"] * rate), bank)

    def journal_cancelled(self) -> None:
        self.cancel("Journal Entry", self.one(
            f"select distinct voucher_no as name from `{PAYMENT_LEDGER}` where delinked = 0 "
            "and voucher_type = 'Journal Entry' and amount_in_account_currency <> 0")["name"])

    def merged(self) -> None:
        kept, gone = (self.invoice()["customer"] for _ in range(2))
        if kept == gone:
            raise LookupError("one customer")
        for table in ("tabCustomer Credit Limit", "tabSales Team"):
            self.run(f"delete from `{table}` where parenttype = 'Customer' and parent = :gone",
                     gone=gone)
        self.rename(gone, kept)
        self.run("delete from tabCustomer where name = :gone", gone=gone)

    def renamed(self) -> None:
        old = self.invoice()["customer"]
        self.run("update tabCustomer set name = :new, customer_name = :new where name = :old",
                 new=f"{old} & Co", old=old)
        self.rename(old, f"{old} & Co")

    def rename(self, old: str, new: str) -> None:
        """Everywhere, as ERPNext does; no stamp moves."""
        for table, column in sorted(self.columns):
            kind = {"customer": "true", "party": "true", "link_name": "link_doctype = 'Customer'",
                    "parent": "parenttype = 'Customer'"}.get(column)
            if kind and (column != "parent" or (table, "parenttype") in self.columns):
                self.run(f"update `{table}` set `{column}` = :new where `{column}` = :old and {kind}",
                         old=old, new=new)

    def moved_due_date(self) -> None:
        invoice = self.invoice()["name"]
        self.run("update `tabSales Invoice` set due_date = date_add(due_date, interval 9 day) "
                 "where name = :name", name=invoice)
        self.run("update `tabPayment Schedule` set due_date = date_add(due_date, interval 9 day) "
                 "where parent = :name", name=invoice)


def cents(amount: Decimal | str) -> Decimal:
    return Decimal(amount).quantize(CENT, "ROUND_HALF_UP")
