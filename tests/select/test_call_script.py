"""What a call script says of what is known, fact by fact; the same facts fill every language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from company import DAY
from receivables.dispatch.templates import LANGUAGES
from receivables.select.call_script import Call, call_script
from receivables.select.policy import TONES, Offer, Step

MARCH_1, MARCH_9, MARCH_20 = date(2026, 3, 1), date(2026, 3, 9), date(2026, 3, 20)
NO_ANSWERS = dict.fromkeys(
    ("in_transit_amount", "all_disputed_amount", "disputed_on", "dispute_reason", "verified_on",
     "wrong_person_on", "reached_on", "said_paid_on", "said_disputed_on", "decider_name",
     "decider_role"),
)
DUE = {
    **NO_ANSWERS, "customer_name": "Buyer", "contact_name": "Ann", "currency": "EUR",
    "open_amount": Decimal("100.0000"), "dunning_exposure_amount": Decimal("100.0000"),
    "overdue_amount": Decimal("100.0000"), "days_past_due_max": 12,
}
ITEM = {
    "invoice_number": "1", "due_date": MARCH_9, "days_past_due": 12, "currency": "EUR",
    "open_amount": Decimal("100.0000"), "interest_amount": Decimal("2.5000"), "description": None,
    "purchase_order_ref": None, "delivery_refs": None, "instrument_type": None,
    "instrument_status": None, "instrument_ref": None,
}
PROMISE = {
    "amount": Decimal("40"), "received_amount": Decimal("15"), "currency": "EUR",
    "due_on": MARCH_20, "outcome": "open", "invoice_number": None,
}
LETTER = {"acted_on": MARCH_9, "notice_step": "reminder_1"}
EVENT = {"occurred_on": MARCH_20, "channel": "phone", "outcome": "no_answer"}


def script(language: str = "en", due: Any = (), step: Any = (), **changes: Any) -> str:
    rung = {"step": "call", "channel": "call", "recipients": ("owner",), "template": "call",
            "tone": "clear", **dict(step)}
    return call_script(Call(**{
        "due": {**DUE, "language": language, **dict(due)}, "items": [ITEM], "letters": [],
        "events": [], "promises": [], "step": Step(**rung), "offer": None,
        "legal_entity_name": "Seller", "as_of_date": DAY, **changes,
    })).replace("\N{NO-BREAK SPACE}", " ")


FACTS = [
    # what is known | what is said | because
    ({}, "right person? Not known. Ask.", "nothing is known"),
    ({"due": {"verified_on": MARCH_9}}, "Ann was confirmed as contact on Mar 9, 2026", "verified"),
    ({"due": {"verified_on": MARCH_9, "wrong_person_on": MARCH_20}},
     "No: on Mar 20, 2026 we reached the wrong person", "the news is newer than the proof"),
    ({"due": {"reached_on": MARCH_20, "wrong_person_on": MARCH_9}}, "person? Not known.",
     "somebody right was reached since"),
    ({"letters": [LETTER]}, "We wrote on Mar 9, 2026", "a letter and no complaint"),
    ({"due": {"in_transit_amount": Decimal("60")}}, "EUR 60.00 is under way", "in transit"),
    ({"due": {"said_paid_on": MARCH_9}}, "they said that it is paid", "said so once"),
    ({"promises": [PROMISE]}, "Not yet: EUR 40.00 is promised for Mar 20, 2026", "promised"),
    ({"due": {"all_disputed_amount": Decimal("9"), "disputed_on": MARCH_9,
              "dispute_reason": "weight"}},
     "EUR 9.00 on this account is disputed since Mar 9, 2026 (weight)", "another item is disputed"),
    ({"due": {"said_disputed_on": MARCH_9}}, "On Mar 9, 2026 they objected", "no dispute is open"),
    ({"due": {"decider_name": "Rui", "decider_role": "owner"}}, "Rui (owner)", "known by role"),
    ({"due": {"dunning_exposure_amount": Decimal("70")}},
     "To be asked for: EUR 70.00\nAlready taken off (credits, payments under way): EUR 30.00",
     "credits are set off"),
    ({"due": {"overdue_amount": Decimal("500")}}, "is not about: EUR 500.00", "more is overdue"),
    ({}, "EUR 2.50. For information, not asked for.", "the step displays interest"),
    ({"step": {"interest": "claim"}}, "EUR 2.50. Asked for on top.", "the step claims interest"),
    ({"items": [ITEM] * 12}, "and 2 more", "a script is no statement"),
    ({"items": [{**ITEM, "instrument_type": "boleto", "instrument_status": "protested"}]},
     "to be paid by boleto, protested", "protest is said"),
    ({"items": [{**ITEM, "delivery_refs": "CT-1;CT-2", "purchase_order_ref": "P",
                 "description": "valves"}]},
     "what for: valves\n  purchase order: P\n  delivery documents: CT-1, CT-2", "product and proof"),
    ({"promises": [{**PROMISE, "outcome": "kept"}]}, "EUR 40.00 by Mar 20, 2026: kept", "kept"),
    ({"promises": [{**PROMISE, "outcome": "part_kept", "invoice_number": "7"}]},
     "by Mar 20, 2026 for 7: only EUR 15.00 came", "part came"),
    ({"promises": [{**PROMISE, "outcome": "broken"}]}, "2026: broken", "nothing came"),
    ({"promises": [{**PROMISE, "amount": Decimal("40.0050")}]}, "40.005 EUR by", "nothing is rounded"),
    ({"letters": [LETTER], "events": [EVENT]},
     "Mar 20, 2026: phone, nobody answered\nMar 9, 2026: letter reminder_1", "the newest first"),
    ({}, "Nothing but a day of payment", "the policy makes no offer"),
    ({"offer": Offer(1, 1, False, "x")}, "Up to 1 instalment, the first within 1 day.", "one"),
    ({"offer": Offer(3, 9, True, "x")}, "If they are kept, interest is waived.", "waived"),
    ({"step": {"pay_within_days": 5}}, "by Apr 5, 2026 at the latest", "the step's deadline"),
]


@pytest.mark.parametrize(("known", "said", "because"), FACTS, ids=[row[-1] for row in FACTS])
def test_what_a_script_says(known, said, because):
    assert said in script(**known), because
    for language in LANGUAGES:
        assert "{" not in script(language, **known), "each language has a sentence for it"


def test_interest_is_not_spoken_of_where_the_step_leaves_it_off():
    assert "Interest" not in script(step={"interest": "off"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_tone_begins_and_ends_in_its_own_words(language):
    said = [script(language, step={"tone": tone}).splitlines() for tone in TONES]
    assert len({lines[2] for lines in said}) == len({lines[-3] for lines in said}) == len(TONES)
