"""Uncertain cash: where an item may be paid already, a person asks, and no letter goes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from company import Company, read
from receivables.errors import PolicyError, SettingsError
from receivables.lake import Night
from receivables.select.cash_doubt import CASH_DOUBTS, load_cash_doubts, receipts_from
from test_select import decided, noticed

# Of a customer's invoices A is the oldest: A owes 100, B 60, C 500, all of them due for a reminder.
DUE = {"A": "2026-02-01", "B": "2026-03-01", "C": "2026-03-10"}
AMOUNT = {"A": "100", "B": "60", "C": "500"}
DOUBT, LETTER, CREDIT = "CASH_UNCERTAIN", "STEP_DUE", "COVERED_BY_CREDIT"

# What happened; reason of each item; what a letter asks for (None: there is none); whom the question
# is about (the doubt); because.
CASES: list[tuple[list[tuple], dict[str, str], str | None, str | None, str]] = [
    ([("receipt", "60")], {"A": DOUBT, "B": DOUBT}, None, "unapplied_cash",
     "60 is what B owes; it lowers A, oldest first, which waits too, or it would count twice"),
    ([("receipt", "130")], {"A": CREDIT, "B": DOUBT}, None, "unapplied_cash",
     "it covers A and lowers B to 30, but it would pay B whole"),
    ([("receipt", "59")], {"A": LETTER, "B": LETTER}, "101", None,
     "less than any of them is a part payment, and the rest is owed whatever it was for"),
    ([("receipt", "60")], {"A": DOUBT, "B": DOUBT, "C": LETTER}, "500", "unapplied_cash",
     "no money lowers C, nor could pay it: it alone is written about, without the credit"),
    ([("receipt", "60"), ("receipt", "440")], {"A": CREDIT, "B": CREDIT, "C": DOUBT}, None,
     "unapplied_cash", "together it would pay C whole"),
    ([("dispute", "A"), ("receipt", "100")], {"A": "DISPUTED", "B": DOUBT}, None,
     "unapplied_cash", "credit is set off against A, of which nobody is asked: it may be B's"),
    ([("receipt", "100")], {"A": CREDIT}, None, None, "covered is more than doubted"),
    ([("receipt", "160")], {"A": CREDIT, "B": CREDIT}, None, None, "all is covered"),
    ([("note", "60")], {"A": LETTER, "B": LETTER}, "100", None,
     "a credit note is no money: nobody has paid because of it"),
    ([("receipt", "60", {"currency": "USD"})], {"A": LETTER, "B": LETTER}, "160", None,
     "money in another currency is nobody's here until it is exchanged"),
    ([("receipt", "60", {"receipt_date": "2026-04-01"}), ("allocated", "B", "60")],
     {"A": DOUBT, "B": DOUBT}, None, "unapplied_cash",
     "it came this morning and is B's by the books of tomorrow; tonight it lowers A"),
    ([("receipt", "60"), ("due", "B", "2026-05-30")], {"A": LETTER, "B": "NOT_DUE"}, "40", None,
     "an item that nobody writes about keeps its own reason, and takes nobody with it"),
    ([("advice", "2026-03-30", "A")], {"A": DOUBT, "B": LETTER}, "60", "advice_of_item",
     "the customer said that A is paid, and nothing of B"),
    ([("advice", "2026-03-30", None)], {"A": DOUBT, "B": DOUBT}, None, "advice_of_customer",
     "it did not say what it paid: it may be all of them"),
    ([("advice", "2026-03-30", "A"), ("receipt", "60")], {"A": DOUBT, "B": DOUBT}, None,
     "advice_of_item", "what the customer said is asked about first"),
    ([("advice", "2026-03-30", "B"), ("receipt", "50")], {"A": DOUBT, "B": DOUBT}, None,
     "advice_of_item", "the 50 that lower A may be part of what B's advice is about"),
    ([("advice", "2026-03-20", "B"), ("issued", "B", "2026-03-19")], {"A": LETTER, "B": LETTER},
     "160", None, "words shield nobody for ever: seven nights"),
    ([("advice", "2026-03-25", "A")], {"A": DOUBT}, None, "advice_of_item", "the seventh night"),
    ([("advice", "2026-03-24", "A")], {"A": LETTER}, "100", None, "the eighth"),
    ([("advice", "2026-04-01", "A")], {"A": DOUBT}, None, "advice_of_item",
     "said this morning, and we know it"),
    ([("advice", "2026-04-04", "A")], {"A": LETTER}, "100", None,
     "a day so long after the night's is not the night's"),
    ([("advice", "2026-02-27", None), ("advice", "2026-03-27", None), ("issued", "B", "2026-03-28")],
     {"A": DOUBT, "B": LETTER}, "60", "advice_of_customer", "B was not issued when it said so"),
    ([("advice", "2026-03-30", "X")], {"A": DOUBT, "B": DOUBT}, None, "advice_of_customer",
     "it names an invoice that nobody knows: it is still the customer's word"),
    ([("advice", "2026-03-30", "A", "promised")], {"A": LETTER}, "100", None,
     "who only talks of paying is asked to promise, which is a table of its own"),
    ([("dispute", "A"), ("advice", "2026-03-30", None)], {"A": "DISPUTED", "B": DOUBT}, None,
     "advice_of_customer", "a dispute is certain"),
    ([("promise", "A"), ("advice", "2026-03-30", "A")], {"A": "PROMISED"}, None, None,
     "a promise with a day says more than an advice"),
    ([("hold", "A"), ("advice", "2026-03-30", "A")], {"A": "ON_HOLD"}, None, None,
     "somebody knows already"),
    ([("receipt", "95"), ("advice", "2026-03-30", "A")], {"A": "BELOW_THRESHOLD"}, None, None,
     "5 are not worth a letter, nor a question"),
    ([("no contact",), ("advice", "2026-03-30", "A")], {"A": "NO_CONTACT"}, None, None,
     "no letter would have gone, and a person looks at it anyway"),
    ([("letter", "A", "sent", 5), ("due", "A", "2026-03-15"), ("advice", "2026-03-30", "A")],
     {"A": "NOTICED_LATELY"}, None, None, "nobody writes tonight: it is time enough to ask then"),
    ([("letter", "A", "released", 1), ("advice", "2026-03-30", "A")], {"A": DOUBT}, None,
     "advice_of_item", "a letter that waits in the outbox is a letter too"),
    ([("letter", "A", "unknown", 1), ("advice", "2026-03-30", "A")], {"A": "DELIVERY_UNKNOWN"},
     None, None, "a person looks at it anyway"),
]


def _happen(company: Company, customer: str, event: tuple) -> list[Any]:
    """Add what happened to the company; the earlier notices that it says of."""
    what, *said = event
    if what == "receipt":
        more = said[1] if len(said) > 1 else {}
        company.add("receipt", **{"customer_id": customer, "amount": said[0],
                                  "receipt_date": "2026-03-20", **more})
    elif what == "note":
        company.invoice(f"{customer} N", said[0], "2026-03-20", customer,
                        document_type="credit_note")
    elif what == "allocated":
        receipt = company.rows["receipt"][-1]
        company.add("allocation", invoice_id=f"{customer} {said[0]}", amount=said[1],
                    source_id=receipt["receipt_id"], allocation_date=receipt["receipt_date"])
    elif what in ("due", "issued"):
        column = {"due": "due_date", "issued": "issue_date"}[what]
        _invoice(company, f"{customer} {said[0]}")[column] = said[1]
    elif what == "advice":
        on, invoice, *outcome = said
        company.add("contact_event", event_id=f"{customer} {on}", customer_id=customer,
                    occurred_at=f"{on} 11:00:00", outcome=(outcome or ["paid"])[0],
                    invoice_id=invoice and f"{customer} {invoice}")
    elif what == "no contact":
        company.rows["contact"][-1]["email"] = None
    elif what == "letter":
        invoice, state, days_ago = said
        return [noticed(f"{customer} {invoice}", "reminder_1", days_ago=days_ago, state=state,
                        customer_id=customer)]
    else:
        days = {
            "dispute": {"opened_on": "2026-03-01"},
            "promise": {"promised_on": "2026-03-30", "due_on": "2026-04-10", "amount": "100",
                        "customer_id": customer},
            "hold": {"held_from": "2026-03-30", "held_until": "2026-04-10"},
        }[what]
        company.add(what, invoice_id=f"{customer} {said[0]}", **days)
    return []


def _invoice(company: Company, invoice_id: str) -> dict[str, Any]:
    return next(row for row in company.rows["invoice"] if row["invoice_id"] == invoice_id)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """One night with a customer for each case."""
    company, history = Company(tmp_path_factory.mktemp("doubts")), []
    for number, (events, reasons, *_) in enumerate(CASES):
        customer = f"C{number}"
        company.customer(customer)
        for name in reasons:
            company.invoice(f"{customer} {name}", AMOUNT[name], DUE[name], customer)
        for event in events:
            history += _happen(company, customer, event)
    return decided(company, history)


def _of(night: Night, table: str, columns: str, number: int) -> list[tuple[Any, ...]]:
    return [row[1:] for row in read(night, table, f"customer_id, {columns}")
            if row[0] == f"C{number}"]


@pytest.mark.parametrize(
    ("number", "reasons", "asked", "doubt", "because"),
    [(number, *case[1:]) for number, case in enumerate(CASES)], ids=[case[-1] for case in CASES],
)
def test_what_may_be_paid_is_asked_about_and_not_demanded(
    night: Night, number: int, reasons: dict, asked: str | None, doubt: str | None, because: str
) -> None:
    found = dict(_of(night, "decision", "invoice_id, reason_code", number))
    assert {name.split()[1]: reason for name, reason in found.items()} == reasons, because
    assert _of(night, "notice", "demanded_amount", number) == (
        [(Decimal(asked),)] if asked else []
    ), because
    waiting = sum(reason == DOUBT for reason in reasons.values())
    assert _of(night, "clarification_task", "cash_doubt, item_count", number) == (
        [(doubt, waiting)] if doubt else []
    ), because
    listed = {name for (name,) in _of(night, "notice_item", "invoice_id", number)}
    assert listed == {name for name, reason in found.items() if reason == LETTER}, because


def test_no_letter_counts_on_money_that_somebody_is_asked_about(night: Night) -> None:
    asked = {row[0] for row in read(night, "clarification_task", "customer_id, currency")}
    columns = "customer_id, dunning_exposure_amount - open_amount"
    lowered = {row[0] for row in read(night, "notice_item", columns) if row[1]}
    assert asked and lowered
    assert not asked & lowered


def test_a_doubtful_item_says_why_in_words_and_keeps_its_step(night: Night) -> None:
    columns = "invoice_id, outcome, step, reason_text"
    said = {row[0]: row[1:] for row in read(night, "decision", columns)}
    assert said["C0 B"] == (
        "review", "reminder_1",
        "It may be paid: unapplied money of the customer, 60.0000 EUR, would pay this item, and "
        "nobody knows what it is for. A person asks before a letter goes.",
    )
    assert "may be for another of its items" in said["C0 A"][2]
    waiting = next(n for n, case in enumerate(CASES) if ("letter", "A", "released", 1) in case[0])
    assert said[f"C{waiting} A"][1] == "reminder_1", "the one that is taken back, not the next"
    assert not [text for *_, text in said.values() if "{" in text]


LANGUAGES = [
    # customer's language | language of the question | how it begins | because
    ("de-AT", "de", "Sie haben uns am 2026-03-30 mitgeteilt, dass No-I1 bezahlt ist.", "its own"),
    ("pt_BR", "pt", "O senhor nos informou em 2026-03-30 que No-I1 está paga.", "its own"),
    ("ja", "en", "You told us on 2026-03-30 that No-I1 is paid.", "we have no Japanese"),
    (None, "en", "You told us on 2026-03-30 that No-I1 is paid.", "nobody knows which"),
]


def test_a_customer_is_asked_in_its_own_language(tmp_path):
    company = Company(tmp_path)
    for number, (language, *_) in enumerate(LANGUAGES):
        company.customer(f"C{number}", language=language)
        company.invoice(f"I{number}", "100", "2026-03-01", f"C{number}")
        company.rows["invoice"][-1]["invoice_number"] = "No-I1"
        company.add("contact_event", event_id=f"E{number}", customer_id=f"C{number}",
                    occurred_at="2026-03-30 11:00:00", outcome="paid", invoice_id=f"I{number}")
    columns = "customer_id, language, question"
    found = read(decided(company), "clarification_task", columns)
    for (_, spoken, question), (_, language, begins, because) in zip(found, LANGUAGES, strict=True):
        assert spoken == language, because
        assert question.startswith(begins), because


def test_a_question_names_a_few_invoices_and_the_task_all_of_them(tmp_path):
    company = Company(tmp_path)
    company.customer()
    for number in range(1, 8):
        company.invoice(f"I{number}", "100", "2026-03-01")
    company.rows["invoice"][0]["invoice_number"] = "{advised_on}"
    company.add("contact_event", event_id="E", customer_id="C1", outcome="paid",
                occurred_at="2026-03-30 11:00:00")
    columns = "question, invoice_numbers, currency"
    [(question, numbers, _)] = read(decided(company), "clarification_task", columns)
    assert "(open here: No-I2, No-I3, No-I4, No-I5, No-I6 …)" in question
    assert numbers.split(", ") == [*(f"No-I{number}" for number in range(2, 8)), "{advised_on}"]


AGES = [
    # night of | known at (UTC) | zone | country | hours | newest receipt from | because
    ("2026-03-31", "04-01 02:00", "UTC", "DE", 24, "2026-03-31", "that of Monday is 26 hours old"),
    ("2026-03-31", "04-01 02:00", "UTC", "DE", 26, "2026-03-30", "and not older than that"),
    ("2026-03-31", "04-01 02:00", "UTC", "DE", 48, "2026-03-30", "Friday's is 50, no weekend in it"),
    ("2026-03-31", "04-01 02:00", "UTC", "DE", 50, "2026-03-27", "no business day lies between"),
    ("2026-03-31", "04-01 02:00", "UTC", "DE", 1, "2026-04-01", "not even the night's own day will do"),
    ("2026-04-06", "04-07 02:00", "UTC", "DE", 24, "2026-04-02", "Good Friday and Easter Monday"),
    ("2026-04-06", "04-07 02:00", "UTC", "US", 24, "2026-04-06", "banks work on them there"),
    ("2026-03-31", "04-01 02:00", "America/Sao_Paulo", "BR", 24, "2026-03-30",
     "it is 23 o'clock of the day itself there"),
    ("2026-03-31", "05-20 02:00", "UTC", "DE", 24, "2026-04-01",
     "a backfill's is counted to the end of the last day whose receipts count, 3 April"),
    ("2026-03-31", "04-01 02:00", "UTC", "DE", None, None, "no age was set"),
]


@pytest.mark.parametrize(
    ("day", "known", "zone", "country", "hours", "expected", "because"),
    AGES, ids=[row[-1] for row in AGES],
)
def test_how_old_the_newest_receipt_may_be(
    tmp_path, day, known, zone, country, hours, expected, because
):
    changes = {"time_zone": zone, "country": country, "bank_feed_hours_max": hours}
    settings = Company(tmp_path).settings(time_zone="Etc/GMT+12", entity=changes)
    found = receipts_from(
        settings.entities["E1"], as_of_date=date.fromisoformat(day), known_since_days=3,
        known_at=datetime.strptime(f"2026-{known}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC),
    )
    assert found == (expected and date.fromisoformat(expected)), because


@pytest.mark.parametrize("hours, because", [
    (0, "no receipt is so young"), ("48", "a text"), (True, "no number"), (1.5, "half an hour"),
])
def test_a_wrong_age_of_the_bank_feed_is_refused(tmp_path, hours, because):
    with pytest.raises(SettingsError, match="bank_feed_hours_max"):
        Company(tmp_path).settings(entity={"bank_feed_hours_max": hours})


WORDS = [
    # what is written | in its place | what is said | because
    ("bank_feed:", "feed:", "must say advice_of_item", "no such doubt"),
    ("{invoices} is paid", "{invoice} is paid", "asks for {invoice}", "a blank that nobody fills in"),
    ("    ru: ", "    it: ", "each of pt, de, fr, ru, en", "a language is missing"),
    ("{advised_on} that this", "{advised_on that this", "advice_of_item.because", "a broken blank"),
]


@pytest.mark.parametrize(("old", "new", "said", "because"), WORDS, ids=[row[-1] for row in WORDS])
def test_faulty_words_are_refused(tmp_path, old, new, said, because):
    text = CASH_DOUBTS.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "cash_doubts.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        load_cash_doubts(file)
    assert said in str(refused.value), because
