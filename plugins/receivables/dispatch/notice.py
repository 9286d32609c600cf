"""Notices: what the night drafts, what the outbox keeps and what the dispatcher claims."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from receivables.dispatch.address import mailbox
from receivables.errors import DataError, WrongUse

DRAFTED, RELEASED, CLAIMED, ARMED = "drafted", "released", "claimed", "armed"
SENT, UNKNOWN = "sent", "unknown"
FAILED, EXPIRED, WITHDRAWN = "failed", "expired", "withdrawn"
STATES = (DRAFTED, RELEASED, CLAIMED, ARMED, SENT, UNKNOWN, FAILED, EXPIRED, WITHDRAWN)
# These have not left, and can still be taken back.
WAITING_STATES = (DRAFTED, RELEASED, CLAIMED)
# A notice in one of these states certainly reached nobody: its step may be drafted afresh later.
VOID_STATES = (FAILED, EXPIRED, WITHDRAWN)

# A relay that took one of these for a line end could be made to see a second, forged message.
_LONE_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")


def notice_id(
    *, legal_entity_id: str, customer_id: str, step: str, cycle: str, generation: int
) -> str:
    """The derived key of a notice, 32 hexadecimal digits: equal on every rebuild.

    `generation` counts the notices that earlier nights drafted for the same step and cycle.
    """
    key = json.dumps([legal_entity_id, customer_id, step, cycle, generation])
    return hashlib.sha256(key.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class DraftItem:
    """One open item that a notice duns, with the amount that the letter prints for it.

    `step` is the item's own: the notice takes the highest step among its items.
    """

    invoice_id: str
    instalment_no: int
    step: str
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A notice as the night hands it over: the message is frozen here, byte for byte.

    `run_kind` must be `live`; `release_reason` says why the night was live: `schedule`, or the
    words of the person (`released_by`) who released a manual run. `send_window`: the hours in which
    it may leave, as `SendWindow` writes them; None: any. With an `approval_role` it is not released
    before somebody of that role agrees. Instants are aware; `sender` (the envelope's, to which
    bounces come back) and `recipient` are as `mailbox` gives them. Raises DataError for an address,
    else WrongUse. `language_asked`: the one wished for, where the letter is in another.
    `cc` gets a copy that all can see; `cc_fault` says why nobody does who should. `thread_id`: the
    Message-ID of the first letter of its thread.
    """

    legal_entity_id: str
    customer_id: str
    step: str
    cycle: str
    generation: int
    run_kind: str
    as_of_date: date
    known_at: datetime
    drafted_at: datetime
    not_after: datetime
    send_window: str | None = None
    release_reason: str
    released_by: str | None = None
    approval_role: str | None = None
    channel: str
    language: str
    language_asked: str | None = None
    recipient_role: str
    sender: str
    recipient: str = field(repr=False)
    cc: str | None = field(default=None, repr=False)
    cc_fault: str | None = None
    amount_text: str
    message_id: str
    thread_id: str | None = None
    subject: str
    message: bytes = field(repr=False)
    items: tuple[DraftItem, ...]

    def __post_init__(self) -> None:
        if self.run_kind != "live":
            raise WrongUse(
                f"a {self.run_kind!r} run for {self.as_of_date} may decide, but never draft "
                "notices; only a live night may"
            )
        for name in ("known_at", "drafted_at", "not_after"):
            if getattr(self, name).tzinfo is None:
                raise WrongUse(f"{name} of a draft must be an instant with a time zone")
        if _LONE_LINE_END.search(self.message) or not self.message.endswith(b"\r\n"):
            raise WrongUse(f"the message for customer {self.customer_id} has other ends than CRLF")
        if not self.items:
            raise WrongUse(f"a draft for customer {self.customer_id} duns no item")
        for name in ("sender", "recipient", "cc"):
            if name == "cc" and self.cc is None:
                continue
            owner = f"{name} of the draft for customer {self.customer_id}"
            if mailbox(getattr(self, name), owner=owner) != getattr(self, name):
                raise DataError(f"{owner}: the address is not the one for an envelope")

    @property
    def notice_id(self) -> str:
        return notice_id(
            legal_entity_id=self.legal_entity_id,
            customer_id=self.customer_id,
            step=self.step,
            cycle=self.cycle,
            generation=self.generation,
        )

    @property
    def state(self) -> str:
        """The state in which it enters the outbox."""
        return RELEASED if self.approval_role is None else DRAFTED

    @property
    def drafted_on(self) -> date:
        return self.drafted_at.astimezone(UTC).date()

    @property
    def body_sha256(self) -> str:
        return hashlib.sha256(self.message).hexdigest()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A draft that the database would not take, and why."""

    notice_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class DraftResult:
    """What became of each draft, by notice_id.

    `uncopied` lack the copy that the policy wants; `in_another_language` are not in the one wished.
    """

    inserted: tuple[str, ...]
    already_there: tuple[str, ...]
    refused: tuple[Refusal, ...]
    uncopied: int = 0
    in_another_language: int = 0


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """One item of a notice of an earlier night, in the state in which it was known to be.

    `step` is the item's, `notice_step` its letter's.
    `acted_on` is the day it was sent, else the day it was drafted (UTC).
    """

    notice_id: str
    customer_id: str
    invoice_id: str
    instalment_no: int
    step: str
    notice_step: str
    cycle: str
    generation: int
    as_of_date: date
    state: str
    acted_on: date


@dataclass(frozen=True, slots=True)
class NoticeState:
    """What has become of a notice by now; `reason`: why it was withdrawn, if it was."""

    notice_id: str
    drafted_at: datetime
    state: str
    sent_at: datetime | None
    message_id: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class WaitingNotice:
    """A notice that waits for somebody of a role to agree; `amounts` it demands, by currency."""

    notice_id: str
    legal_entity_id: str
    approval_role: str
    customer_id: str
    step: str
    as_of_date: date
    not_after: datetime
    amounts: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Claim:
    """A notice that one dispatcher holds for a while; `token` is its fence at every later step."""

    notice_id: str
    token: str
    legal_entity_id: str
    customer_id: str
    step: str
    as_of_date: date
    known_at: datetime
    sender: str
    recipient: str = field(repr=False)
    cc: str | None = field(repr=False)
    amount_text: str
    message_id: str
    message: bytes = field(repr=False)
    body_sha256: str
    attempt_count: int
    not_after: datetime
    send_window: str | None
    drafted_at: datetime
    approved_at: datetime | None

    @property
    def released_at(self) -> datetime:
        """Since when it might have gone."""
        return self.approved_at or self.drafted_at

    def copies(self, journal_address: str | None) -> dict[str, str]:
        """Who else gets the letter, by what to call it: who all can see, and our own mailbox."""
        asked = {"copy": self.cc, "journal copy": journal_address}
        return {name: address for name, address in asked.items() if address}
