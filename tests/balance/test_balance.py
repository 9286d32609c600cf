"""What is owed on a day: documents and allocations dated by then, instalment by instalment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from company import DAY, ENTITY, Company, read
from receivables.balance import balance
from receivables.lake import Night
from receivables.settings import InterestException, InterestRule

NO_INTEREST = InterestRule(rule_id="none", annual_percent=Decimal(0), legal_basis="none")


def balanced(
    company: Company,
    *,
    rule: InterestRule = NO_INTEREST,
    day: date = DAY,
    open_amounts: str = "from_allocations",
    reporting_currency: str = "EUR",
    residual_claim_days: int = 0,
    exceptions: tuple[InterestException, ...] = (),
) -> Night:
    """The night after the balance stage."""
    settings = company.settings(source={"open_amounts": open_amounts})
    night = company.ledger(day)
    entity = settings.entities[ENTITY]
    object.__setattr__(entity, "interest_rule", rule)
    object.__setattr__(entity, "interest_exceptions", exceptions)
    balance(
        night, entity=entity, source=settings.sources["erp"],
        reporting_currency=reporting_currency, known_since_days=3,
        residual_claim_days=residual_claim_days,
        scratch=company.home / "scratch", progress=lambda line: None,
    )
    return night


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path)
    company.customer()
    return company


def open_amounts(night: Night) -> dict[str, str]:
    return {
        f"{invoice}/{instalment}": f"{amount:.2f}"
        for invoice, instalment, amount in read(
            night, "open_item", "invoice_id, instalment_no, open_amount"
        )
    }


OPEN_ON_THE_DAY = [
    # invoice, allocation (amount, date, reversed on) | open | because
    ({}, None, "100.00", "nothing was paid"),
    ({}, ("40", "2026-03-01", None), "60.00", "a partial payment leaves the rest"),
    ({}, ("100", "2026-03-31", None), None, "money of the day itself counts"),
    ({}, ("100", "2026-04-01", None), "100.00", "money of tomorrow does not settle yesterday"),
    ({}, ("100", "2026-03-01", "2026-03-31"), "100.00", "a reversal on the day takes it back"),
    ({}, ("100", "2026-03-01", "2026-04-01"), None, "a reversal of tomorrow has not happened"),
    ({}, ("130", "2026-03-01", None), None, "more than owed leaves nothing open"),
    ({"posting_date": "2026-04-01"}, None, None, "it is not in the books yet"),
    ({"posting_date": "2026-03-31"}, None, "100.00", "it was posted on the day"),
    ({"status": "cancelled", "cancelled_on": "2026-03-31"}, None, None, "it was cancelled on the day"),
    ({"status": "cancelled", "cancelled_on": "2026-04-01"}, None, "100.00", "it was cancelled later"),
    ({"status": "cancelled"}, None, None, "cancelled, nobody knows when: it is not demanded"),
    ({"document_type": "debit_note"}, None, "100.00", "a debit note is owed like an invoice"),
    ({"document_type": "credit_note"}, None, None, "a credit note is never an open item"),
]


@pytest.mark.parametrize(
    ("invoice", "allocation", "expected", "because"),
    OPEN_ON_THE_DAY,
    ids=[row[-1] for row in OPEN_ON_THE_DAY],
)
def test_what_is_open_on_the_day(company, invoice, allocation, expected, because):
    company.invoice("I1", "100", "2026-02-01", **invoice)
    if allocation:
        amount, on, reversed_on = allocation
        company.payment("I1", amount, on, reversed_on=reversed_on)
    assert open_amounts(balanced(company)) == ({"I1/1": expected} if expected else {}), because


# Instalments 1, 2 and 3 of 100 each, due in this order.
WATERFALLS = [
    # allocations (instalment, amount, day) | open by instalment | because
    ([(None, "150", 1)], {1: "0", 2: "50", 3: "100"}, "without a number the oldest due is paid first"),
    ([(2, "100", 1)], {1: "100", 2: "0", 3: "100"}, "a named instalment is paid as named"),
    ([(2, "130", 1)], {1: "70", 2: "0", 3: "100"}, "what a named one cannot take pays the oldest"),
    ([(9, "30", 1)], {1: "70", 2: "100", 3: "100"}, "an unknown number is as good as none"),
    ([(3, "60", 1), (None, "260", 2)], {1: "0", 2: "0", 3: "0"}, "beyond the invoice nothing is open"),
    ([(1, "60", 1), (1, "60", 2)], {1: "0", 2: "80", 3: "100"}, "two payments of one instalment add up"),
    ([(None, "100.01", 1)], {1: "0", 2: "99.99", 3: "100"}, "a cent more goes on to the next"),
]


@pytest.mark.parametrize(
    ("allocations", "expected", "because"), WATERFALLS, ids=[row[-1] for row in WATERFALLS]
)
def test_an_allocation_pays_what_it_names_and_else_the_oldest(
    company, allocations, expected, because
):
    company.invoice("I1", "300", "2026-04-01")
    for number, due in ((1, "2026-02-01"), (2, "2026-03-01"), (3, "2026-04-01")):
        company.add("instalment", invoice_id="I1", instalment_no=number, due_date=due, amount="100")
    for instalment, amount, day in allocations:
        company.payment("I1", amount, f"2026-03-0{day}", instalment_no=instalment)
    left = {
        f"I1/{number}": f"{Decimal(amount):.2f}"
        for number, amount in expected.items()
        if Decimal(amount)
    }
    assert open_amounts(balanced(company)) == left, because


DUE_DATES = [
    # invoice due, terms, instalment due | due date of the item | because
    ("2026-02-10", 30, "2026-02-20", date(2026, 2, 20), "the instalment knows best"),
    ("2026-02-10", 30, None, date(2026, 2, 10), "else the invoice"),
    (None, 30, None, date(2026, 1, 31), "else the issue date and the customer's terms"),
    (None, None, None, None, "nobody knows: it is current, and a person decides"),
]


@pytest.mark.parametrize(
    ("invoice_due", "terms", "instalment_due", "expected", "because"),
    DUE_DATES, ids=[row[-1] for row in DUE_DATES],
)
def test_the_due_date_of_an_item(company, invoice_due, terms, instalment_due, expected, because):
    company.rows["customer"][0]["payment_terms_days"] = terms
    company.invoice("I1", "100", "", **{})
    company.rows["invoice"][0]["due_date"] = invoice_due
    if instalment_due:
        company.add("instalment", invoice_id="I1", due_date=instalment_due, amount="100")
    [(due, bucket)] = read(balanced(company), "open_item", "due_date, aging_bucket")
    assert due == expected, because
    assert bucket == "current" if expected is None else bucket != "current"


def test_instalments_that_do_not_sum_to_their_invoice_are_one_item_that_is_held(company):
    company.invoice("I1", "300", "2026-02-01")
    company.add("instalment", invoice_id="I1", due_date="2026-02-01", amount="100")
    [row] = read(balanced(company), "open_item", "instalment_no, open_amount, data_hold_reason")
    assert row == (1, Decimal("300.0000"), "INSTALMENTS_DISAGREE")


CONTROLS = [
    # ERP's own open amount | hold | because
    ("60", None, "it is what invoice less allocations gives"),
    ("100", "LEDGER_DISAGREES", "the ERP knows of no payment that we know of"),
    ("0", "LEDGER_DISAGREES", "the ERP knows of a payment that we do not"),
    (None, None, "the ERP says nothing"),
]


@pytest.mark.parametrize(
    ("control", "expected", "because"), CONTROLS, ids=[row[-1] for row in CONTROLS]
)
def test_the_erps_own_open_amount_is_a_control(company, control, expected, because):
    company.invoice("I1", "100", "2026-02-01")
    company.add(
        "instalment", invoice_id="I1", due_date="2026-02-01", amount="100", open_amount=control
    )
    company.payment("I1", "40", "2026-03-01")
    [row] = read(balanced(company), "open_item", "open_amount, data_hold_reason")
    assert row == (Decimal("60.0000"), expected), because


def test_a_control_counts_payments_after_the_day_that_we_already_know(company):
    company.invoice("I1", "100", "2026-02-01")
    company.add(
        "instalment", invoice_id="I1", due_date="2026-02-01", amount="100", open_amount="0"
    )
    company.payment("I1", "100", "2026-04-01")
    [row] = read(balanced(company), "open_item", "open_amount, data_hold_reason")
    assert row == (Decimal("100.0000"), None)


def test_open_amounts_from_the_source_are_taken_as_they_are(company):
    for number, amount in (("I1", "70"), ("I2", "0")):
        company.invoice(number, "100", "2026-02-01")
        company.add(
            "instalment", invoice_id=number, due_date="2026-02-01", amount="100",
            open_amount=amount,
        )
    company.invoice("I3", "100", "2026-02-01", posting_date="2026-04-02")
    company.add(
        "instalment", invoice_id="I3", due_date="2026-02-01", amount="100", open_amount="100"
    )
    assert open_amounts(balanced(company, open_amounts="from_source")) == {"I1/1": "70.00"}


def test_credits_stand_apart_and_say_what_they_are(company):
    company.invoice("I1", "100", "2026-02-01")
    company.payment("I1", "130", "2026-03-01")
    company.invoice("N1", "50", "", document_type="credit_note")
    company.rows["invoice"][-1]["due_date"] = None
    company.invoice("I2", "30", "2026-03-01")
    company.add(
        "allocation", invoice_id="I2", source_type="credit_note", source_id="N1",
        allocation_date="2026-03-02", amount="20",
    )
    company.add("receipt", amount="75", receipt_date="2026-03-30")
    company.add("receipt", amount="1", receipt_date="2026-04-01")
    night = balanced(company)
    assert read(night, "credit_item", "kind, document_id, amount", "kind, document_id") == [
        ("credit_note", "N1", Decimal("-30.0000")),
        ("overpayment", "I1", Decimal("-30.0000")),
        ("unapplied_receipt", "R2", Decimal("-75.0000")),
    ]


def test_money_for_a_cancelled_invoice_becomes_the_customers_credit(company):
    company.invoice("I1", "100", "2026-02-01", status="cancelled", cancelled_on="2026-03-10")
    company.payment("I1", "100", "2026-03-01")
    night = balanced(company)
    assert read(night, "credit_item", "kind, amount") == [("overpayment", Decimal("-100.0000"))]


def test_credits_cover_the_oldest_items_first_for_dunning_only(company):
    company.invoice("I1", "100", "2026-02-01")
    company.invoice("I2", "100", "2026-03-01")
    company.add("receipt", amount="130", receipt_date="2026-03-30")
    columns = "invoice_id, open_amount, dunning_exposure_amount"
    assert read(balanced(company), "open_item", columns) == [
        ("I1", Decimal("100.0000"), Decimal("0.0000")),
        ("I2", Decimal("100.0000"), Decimal("70.0000")),
    ]


KNOWN_SINCE = [
    ("2026-04-01", "0.00", "who has paid by now is not written to, though it was open on the day"),
    ("2026-04-03", "0.00", "up to the last of the days that count"),
    ("2026-04-04", "100.00", "later money says nothing about this night"),
]


@pytest.mark.parametrize(
    ("received", "exposure", "because"), KNOWN_SINCE, ids=[row[-1] for row in KNOWN_SINCE]
)
def test_money_of_the_days_right_after_lowers_what_is_dunned(
    company, received, exposure, because
):
    company.invoice("I1", "100", "2026-02-01")
    company.payment("I1", "100", received)
    [row] = read(balanced(company), "open_item", "open_amount, dunning_exposure_amount")
    assert row == (Decimal("100.0000"), Decimal(exposure)), because


def test_credit_in_one_currency_covers_nothing_in_another(company):
    company.invoice("I1", "100", "2026-02-01", currency="USD")
    company.add("receipt", amount="100", receipt_date="2026-03-30")
    assert read(balanced(company), "open_item", "dunning_exposure_amount") == [(Decimal(100),)]


def test_what_is_disputed_promised_or_on_a_plan_stays_in_the_aging(company):
    for number in ("I1", "I2", "I3", "I4"):
        company.invoice(number, "100", "2026-02-01")
    company.add("dispute", invoice_id="I1", opened_on="2026-03-01", amount="30")
    company.add("dispute", invoice_id="I2", opened_on="2026-03-01")
    company.add("dispute", invoice_id="I3", opened_on="2026-03-01", resolved_on="2026-03-31")
    company.add(
        "promise", invoice_id="I3", amount="60", promised_on="2026-03-20", due_on="2026-04-10"
    )
    company.add("agreement", agreement_id="AG1", agreed_on="2026-03-01", invoice_ids="I4;I9")
    columns = "invoice_id, open_amount, disputed_amount, promised_amount, on_plan_amount"
    rows = [(row[0], *(int(v) for v in row[1:])) for row in read(balanced(company), "open_item", columns)]
    assert rows == [
        ("I1", 100, 30, 0, 0), ("I2", 100, 100, 0, 0), ("I3", 100, 0, 60, 0), ("I4", 100, 0, 0, 100)
    ]


AGREEMENTS = [
    # instalment due, paid on, clause days | on plan | because
    ("2026-03-25", "2026-03-25", 0, True, "it is kept"),
    ("2026-03-25", None, 10, True, "the clause gives ten days"),
    ("2026-03-25", None, 5, False, "the days of the clause are over: the debt revives"),
    ("2026-04-25", None, 0, True, "nothing is due yet"),
    ("2026-03-25", "2026-04-01", 0, False, "paid after the day is not paid on the day"),
]


@pytest.mark.parametrize(
    ("due", "paid", "clause", "expected", "because"), AGREEMENTS, ids=[r[-1] for r in AGREEMENTS]
)
def test_an_agreement_shields_while_it_is_kept(company, due, paid, clause, expected, because):
    company.invoice("I1", "100", "2026-02-01")
    company.add(
        "agreement", agreement_id="AG1", agreed_on="2026-03-01", invoice_ids="I1",
        default_clause_days=clause,
    )
    company.add(
        "agreement_instalment", agreement_id="AG1", legal_entity_id=ENTITY, instalment_no=1,
        due_date=due, amount="50", paid_on=paid,
    )
    [(on_plan,)] = read(balanced(company), "open_item", "on_plan_amount")
    assert (on_plan == 100) is expected, because


BUCKETS = [
    (-19, "current"), (0, "current"), (1, "1-30"), (30, "1-30"), (31, "31-60"), (60, "31-60"),
    (61, "61-90"), (90, "61-90"), (91, "91-120"), (120, "91-120"), (121, "121-180"),
    (180, "121-180"), (181, "181-365"), (365, "181-365"), (366, "over 365"), (4000, "over 365"),
]


def test_every_item_is_in_exactly_one_bucket_by_days_past_due(company):
    for days, _ in BUCKETS:
        due = date.fromordinal(DAY.toordinal() - days)
        company.invoice(f"I{days}", "100", due)
    rows = read(balanced(company), "open_item", "days_past_due, aging_bucket", "days_past_due")
    assert rows == BUCKETS


def test_the_golden_aging_of_one_customer(company):
    """Eight invoices, a credit memo and unapplied cash on 31 March 2025: gross and separate."""
    golden = [
        ("I1", "1000.00", "2025-04-19"), ("I2", "500.00", "2025-03-31"),
        ("I3", "250.00", "2025-03-30"), ("I4", "800.00", "2025-03-01"),
        ("I5", "300.00", "2025-02-28"), ("I6", "400.00", "2025-01-30"),
        ("I7", "700.00", "2024-12-31"), ("I8", "900.00", "2024-12-30"),
    ]
    for number, amount, due in golden:
        company.invoice(number, amount, due, posting_date="2024-12-01", issue_date="2024-12-01")
    company.invoice(
        "N1", "120.00", "2025-03-10", document_type="credit_note", posting_date="2025-03-10"
    )
    company.add("receipt", amount="330.00", receipt_date="2025-03-28")
    night = balanced(company, day=date(2025, 3, 31))
    buckets: dict[str, Decimal] = {}
    for bucket, amount in read(night, "open_item", "aging_bucket, open_amount"):
        buckets[bucket] = buckets.get(bucket, Decimal(0)) + amount
    assert buckets == {
        "current": Decimal(1500), "1-30": Decimal(1050), "31-60": Decimal(700),
        "61-90": Decimal(700), "91-120": Decimal(900),
    }
    credits = sum(amount for (amount,) in read(night, "credit_item", "amount"))
    assert credits == Decimal(-450)
    assert sum(buckets.values()) + credits == Decimal(4400)


RATES = [
    # rates known (date, rate) | group amount | because
    ([("2026-03-31", "0.9259259259")], Decimal("92.59"), "the day's own rate, rounded half up"),
    ([("2026-03-27", "0.5"), ("2026-04-01", "9")], Decimal("50.00"), "the newest that is not later"),
    ([("2026-04-01", "9")], None, "tomorrow's rate is not known, and no rate is no amount"),
    ([("2026-03-31", "99999999")], Decimal("9999999900.00"), "a rate may be strange"),
]


@pytest.mark.parametrize(("rates", "expected", "because"), RATES, ids=[row[-1] for row in RATES])
def test_the_amount_in_the_reporting_currency(company, rates, expected, because):
    company.invoice("I1", "100", "2026-02-01", currency="USD")
    for day, rate in rates:
        company.add("exchange_rate", rate_date=day, from_currency="USD", rate=rate)
    [(amount,)] = read(balanced(company), "open_item", "open_amount_group")
    assert amount == expected, because


def test_a_mistyped_rate_costs_the_group_amount_and_nothing_else(company):
    company.invoice("I1", "999999999999", "2026-02-01", currency="USD")
    company.add("exchange_rate", rate_date="2026-03-31", from_currency="USD", rate="99999999")
    [row] = read(balanced(company), "open_item", "open_amount, open_amount_group")
    assert row == (Decimal(999999999999), None)


def test_a_rate_from_a_currency_to_itself_doubles_no_item(company):
    company.invoice("I1", "100", "2026-02-01")
    company.add("exchange_rate", rate_date="2026-03-31", from_currency="EUR", rate="1")
    assert read(balanced(company), "open_item", "open_amount_group") == [(Decimal(100),)]


def test_the_invoices_of_an_agreement_may_be_listed_with_spaces(company):
    for number in ("I1", "I2"):
        company.invoice(number, "100", "2026-02-01")
    company.add("agreement", agreement_id="AG1", agreed_on="2026-03-01", invoice_ids="I1; I2")
    assert read(balanced(company), "open_item", "on_plan_amount") == [(100,), (100,)]
