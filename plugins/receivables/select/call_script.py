"""What to say on the phone (`include/templates/call`): facts of a debt in the debtor's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from receivables.dispatch import templates
from receivables.dispatch.reader import Reader
from receivables.dispatch.templates import clean
from receivables.errors import DataError
from receivables.select.call_words import LAYOUT, SENTENCES, call_words
from receivables.select.policy import Offer, Step

# A script is read aloud; the warehouse has every item.
ITEMS_MAX, INVOICES_MAX = 10, 3
NAME_LENGTH_MAX, TEXT_LENGTH_MAX = 120, 160

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """All that a script is made of.

    `due`: the row of the work list, with what is known of the first questions. `items`, `letters`,
    `events`, `promises`: the newest or oldest first, as they are told.
    """

    due: Row
    items: Sequence[Row]
    letters: Sequence[Row]
    events: Sequence[Row]
    promises: Sequence[Row]
    step: Step
    offer: Offer | None
    legal_entity_name: str
    as_of_date: date


def call_script(call: Call) -> str:
    """The script in the language of whoever is called, else English, as plain text."""
    return _Writer(call).script()


class _Writer:
    """Fills the sentences of one language with the facts of one call."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.due = call.due
        language = templates.language_of(self.due["language"])
        self.words = call_words(language)
        locale = templates.locale_of(self.due["language"])
        self.reader = Reader(templates.labels(language), locale)

    def script(self) -> str:
        tone, values = self.call.step.tone, self._values()
        sections = {
            "questions": self._answers(),
            "facts": self._facts(values["total"]),
            "promises": [self._promise(row) for row in self.call.promises]
            or [self.says("promise_none")],
            "contacts": self._contacts(),
            "offer": self._offer(),
            "closing": [self.says(f"closing_{tone}", **values)],
        }
        return templates.environment().get_template(LAYOUT).render(
            title=self.says("title", customer=self._name("customer_name")),
            opening=self.says(f"opening_{tone}", **values),
            sections=[(self.says(name), lines) for name, lines in sections.items()],
            afterwards=self.says("afterwards"),
        )

    def says(self, key: str, **values: object) -> str:
        assert values.keys() == SENTENCES[key], key
        return templates.rendered(str(self.words[key]), values)

    def money(self, amount: Decimal, currency: str | None = None) -> str:
        """An amount; one that a customer promised may have more digits than its currency."""
        code = currency or self.due["currency"]
        try:
            return self.reader.money(amount, code)
        except DataError:
            return f"{amount.normalize():f} {clean(code, NAME_LENGTH_MAX)}"

    def _name(self, column: str) -> str:
        return clean(str(self.due[column] or ""), NAME_LENGTH_MAX)

    def _term(self, prefix: str, value: object) -> str:
        """Our word for a code of the ERP's, or the code as it is."""
        key = f"{prefix}_{value}"
        return self.says(key) if key in self.words else clean(str(value or "?"), NAME_LENGTH_MAX)

    def _values(self) -> dict[str, Any]:
        numbers = list(dict.fromkeys(
            clean(row["invoice_number"], NAME_LENGTH_MAX) for row in self.call.items
        ))
        shown = ", ".join(numbers[:INVOICES_MAX])
        deadline = self.call.step.pay_within_days
        return {
            "recipient": self._name("contact_name"),
            "entity": clean(self.call.legal_entity_name, NAME_LENGTH_MAX),
            "count": len(numbers),
            "invoices": shown + (" …" if len(numbers) > INVOICES_MAX else ""),
            "total": self.money(self.due["dunning_exposure_amount"]),
            "days": self.due["days_past_due_max"],
            "pay_by": "" if deadline is None
            else self.reader.day(self.call.as_of_date + timedelta(days=deadline)),
        }

    def _facts(self, total: str) -> list[str]:
        due, lines = self.due, [self.says("asked", total=total)]
        if credited := due["open_amount"] - due["dunning_exposure_amount"]:
            lines.append(self.says("credited", amount=self.money(credited)))
        interest = sum((row["interest_amount"] or 0 for row in self.call.items), Decimal(0))
        if interest and self.call.step.interest != "off":
            key = "interest_claimed" if self.call.step.interest == "claim" else "interest_told"
            lines.append(self.says(key, amount=self.money(interest)))
        if (due["overdue_amount"] or 0) > due["open_amount"]:
            lines.append(self.says("overdue_all", amount=self.money(due["overdue_amount"])))
        for row in self.call.items[:ITEMS_MAX]:
            lines += self._item(row)
        if more := len(self.call.items[ITEMS_MAX:]):
            lines.append(self.says("more_items", count=more))
        return lines

    def _item(self, row: Row) -> list[str]:
        said = [self.says(
            "item", invoice=clean(row["invoice_number"], NAME_LENGTH_MAX),
            due_date=self.reader.day(row["due_date"]), days=row["days_past_due"],
            amount=self.money(row["open_amount"]),
        )]
        for key, column in (("product", "description"), ("order_ref", "purchase_order_ref"),
                            ("delivery", "delivery_refs")):
            if text := clean((row[column] or "").replace(";", ", "), TEXT_LENGTH_MAX):
                said.append("  " + self.says(key, text=text))
        if row["instrument_type"]:
            status = row["instrument_status"]
            said.append("  " + self.says(
                "instrument", instrument=self._term("instrument", row["instrument_type"]),
                status=self._term("status", status) if status else "",
                reference=clean(row["instrument_ref"] or "", NAME_LENGTH_MAX),
            ))
        return said

    def _answers(self) -> list[str]:
        answers = (self._received(), self._paid(), self._undisputed(), self._decides())
        questions = ("received", "paid", "undisputed", "decides")
        return [
            f"{self.says(question)} {answer}"
            for question, answer in zip(questions, answers, strict=True)
        ]

    def _received(self) -> str:
        due = self.due
        wrong, verified = due["wrong_person_on"], due["verified_on"]
        known = [day for day in (due["reached_on"], verified) if day]
        if wrong and all(day < wrong for day in known):
            return self.says("received_wrong", day=self.reader.day(wrong))
        if verified and due["contact_name"]:
            return self.says("received_verified", contact=self._name("contact_name"),
                             day=self.reader.day(verified))
        if self.call.letters:
            day = self.reader.day(self.call.letters[0]["acted_on"])
            return self.says("received_letter", day=day)
        return self.says("received_unknown")

    def _paid(self) -> str:
        if self.due["in_transit_amount"]:
            return self.says("paid_transit", amount=self.money(self.due["in_transit_amount"]))
        if self.due["said_paid_on"]:
            return self.says("paid_said", day=self.reader.day(self.due["said_paid_on"]))
        for row in self.call.promises:
            if row["outcome"] == "open":
                return self.says("paid_promised", day=self.reader.day(row["due_on"]),
                                 amount=self.money(row["amount"], row["currency"]))
        return self.says("paid_unknown")

    def _undisputed(self) -> str:
        due = self.due
        if due["all_disputed_amount"]:
            return self.says(
                "undisputed_disputed", amount=self.money(due["all_disputed_amount"]),
                day=self.reader.day(due["disputed_on"]) if due["disputed_on"] else "",
                reason=clean(due["dispute_reason"] or "", TEXT_LENGTH_MAX),
            )
        if due["said_disputed_on"]:
            return self.says("undisputed_said", day=self.reader.day(due["said_disputed_on"]))
        return self.says("undisputed_none")

    def _decides(self) -> str:
        if not self.due["decider_name"]:
            return self.says("decides_unknown")
        return self.says("decides_known", contact=self._name("decider_name"),
                         role=self._term("role", self.due["decider_role"]))

    def _contacts(self) -> list[str]:
        told = [
            (row["acted_on"], self.says("contact_letter", day=self.reader.day(row["acted_on"]),
                                        step=clean(row["notice_step"], NAME_LENGTH_MAX)))
            for row in self.call.letters
        ] + [
            (row["occurred_on"], self.says(
                "contact_event", day=self.reader.day(row["occurred_on"]),
                channel=clean(row["channel"] or "?", NAME_LENGTH_MAX),
                outcome=self._term("outcome", row["outcome"])))
            for row in self.call.events
        ]
        told.sort(key=lambda dated: dated[0], reverse=True)
        return [line for _, line in told] or [self.says("contact_none")]

    def _promise(self, row: Row) -> str:
        return self.says(
            f"promise_{row['outcome']}", amount=self.money(row["amount"], row["currency"]),
            day=self.reader.day(row["due_on"]),
            invoice=clean(row["invoice_number"] or "", NAME_LENGTH_MAX),
            received=self.money(row["received_amount"], row["currency"]),
        )

    def _offer(self) -> list[str]:
        offer = self.call.offer
        if offer is None:
            return [self.says("offer_none")]
        made = self.says("offer_made", count=offer.instalments_max, days=offer.first_days_max)
        return [made, self.says("offer_waives")] if offer.waives_interest else [made]
