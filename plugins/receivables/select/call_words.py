"""The sentences of a call script in every language (`include/templates/call`), and their check."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from receivables.dispatch.templates import LANGUAGES, TEMPLATES, read_words, word_faults
from receivables.select.policy import ROLES, TONES

LAYOUT = "layout/call.txt.j2"
_SPOKEN = ("recipient", "entity", "count", "invoices", "total", "days", "pay_by")
_PROMISE = ("amount", "day", "invoice", "received")
_TERMS = {
    "role": ROLES,
    "instrument": ("transfer", "boleto", "direct_debit", "card", "cheque"),
    "status": ("none", "issued", "registered", "returned", "protested"),
    "outcome": ("no_answer", "promised", "disputed", "wrong_person", "paid", "note"),
}
# Every sentence, and what it may ask for; anything else would stop a night at its first call.
SENTENCES: dict[str, frozenset[str]] = {
    key: frozenset(variables) for key, variables in {
        "title": ("customer",),
        **{f"{part}_{tone}": _SPOKEN for part in ("opening", "closing") for tone in TONES},
        **{name: () for name in (
            "questions", "facts", "promises", "contacts", "offer", "closing", "afterwards")},
        "asked": ("total",),
        **{name: ("amount",) for name in (
            "credited", "interest_told", "interest_claimed", "overdue_all")},
        "item": ("invoice", "due_date", "days", "amount"),
        "more_items": ("count",),
        **{name: ("text",) for name in ("product", "order_ref", "delivery")},
        "instrument": ("instrument", "status", "reference"),
        "received": (), "received_unknown": (),
        "received_verified": ("contact", "day"),
        "received_wrong": ("day",), "received_letter": ("day",),
        "paid": (), "paid_unknown": (),
        "paid_transit": ("amount",), "paid_said": ("day",), "paid_promised": ("amount", "day"),
        "undisputed": (), "undisputed_none": (),
        "undisputed_disputed": ("amount", "day", "reason"), "undisputed_said": ("day",),
        "decides": (), "decides_unknown": (), "decides_known": ("contact", "role"),
        "contact_letter": ("day", "step"), "contact_event": ("day", "channel", "outcome"),
        "contact_none": (),
        **{f"promise_{outcome}": _PROMISE for outcome in ("open", "kept", "part_kept", "broken")},
        "promise_none": (),
        "offer_made": ("count", "days"), "offer_waives": (), "offer_none": (),
        **{f"{prefix}_{code}": () for prefix, codes in _TERMS.items() for code in codes},
    }.items()
}


@cache
def call_words(language: str) -> dict[str, Any]:
    """The sentences in a language of ours."""
    return read_words(_file(TEMPLATES, language))


def script_faults(root: Path = TEMPLATES) -> list[str]:
    """What stands in the way of writing call scripts, in every language: all of it."""
    faults = [
        fault for language in LANGUAGES for fault in word_faults(_file(root, language), SENTENCES)
    ]
    missing = [] if (root / LAYOUT).is_file() else [f"{root / LAYOUT}: is missing; write it"]
    return faults + missing


def _file(root: Path, language: str) -> Path:
    return root / "call" / language / "wording.yaml"
