"""Which customer a mail is from, told by the surest sign that it bears."""

from __future__ import annotations

import re
from dataclasses import dataclass

from receivables.inbox.address import cases_in, is_of_customer, notice_of
from receivables.inbox.box import Inbox, Letter

_CASE_IN_SUBJECT = re.compile(r"\[(AR-[0-9A-F]{8})\]")


@dataclass(frozen=True, slots=True)
class Match:
    """A customer, and the letter if one is told; `by`: what tells it, the surest first (address,
    message_id, case, sender).
    """

    by: str
    legal_entity_id: str
    customer_id: str
    letter: Letter | None = None


def letter_match(
    inbox: Inbox, secret: bytes, *, addresses: str, message_ids: tuple[str, ...]
) -> Match | None:
    """The letter whose bounce address or Message-ID a mail names: nobody else knows those."""
    notice_id = notice_of(addresses, secret)
    for by, letter in (
        ("address", None if notice_id is None else inbox.letter(notice_id)),
        ("message_id", inbox.letter_of(message_ids)),
    ):
        if letter is not None:
            return Match(by, letter.legal_entity_id, letter.customer_id, letter)
    return None


def customer_match(
    inbox: Inbox, secret: bytes, *, addresses: str, message_ids: tuple[str, ...], subject: str,
    sender: str,
) -> Match | None:
    """The customer who answers; nobody if a sign could mean two."""
    letter = inbox.letter_of(message_ids)
    for case, code in cases_in(addresses):
        for legal_entity_id, customer_id in inbox.customers_of_case.get(case, []):
            own = {"legal_entity_id": legal_entity_id, "customer_id": customer_id}
            if is_of_customer(code, secret, **own):
                is_theirs = letter is not None and letter.customer_id == customer_id
                return Match("address", **own, letter=letter if is_theirs else None)
    if letter is not None:
        return Match("message_id", letter.legal_entity_id, letter.customer_id, letter)
    named = {
        customer for case in set(_CASE_IN_SUBJECT.findall(subject))
        for customer in inbox.customers_of_case.get(case, [])
    }
    if len(named) == 1:
        return Match("case", *named.pop())
    letters = inbox.letters_to(sender) if sender else []
    if len(letters) == 1:
        [only] = letters
        return Match("sender", only.legal_entity_id, only.customer_id, only)
    return None
