"""Dunning policies (`include/policies/<name>.yaml`): who is written to, when, how, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

ROLES = ("accounts_payable", "finance_director", "owner", "legal", "operations")
TONES = ("friendly", "clear", "firm", "final")
COPIED = ("salesperson",)
THREADS = ("continue", "new")
# Unless a policy says otherwise.
REPLY_PAUSE_DAYS = 3


@dataclass(frozen=True, slots=True)
class Approval:
    """Who has to agree before a notice of a step leaves: the role, and the amount demanded, by
    currency, up to which nobody is asked. In a currency without one every notice is asked about.
    """

    role: str
    above: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the ladder, which an item climbs when its day has come.

    The day is `days_past_due` after the due date (negative: before it), or `business_days_past_due`
    after it, or `days_after_previous` after the step before was taken; exactly one is given.
    `recipients`: roles at the customer, the first that can be reached is asked.
    `template`: the letter's folder in include/templates. `pay_within_days`: the deadline that it
    sets, counted from the as_of_date.
    `interest`: whether interest and compensation are told (display), demanded (claim) or left out.
    `lapses_after_days`: how long a call, posted letter or task may wait for a person; then the
    ladder goes on without it.
    `thresholds`, `min_days_since_last`: instead of the policy's own. `approval`: None if the letter
    leaves without anybody being asked.
    `cc`: who of ours gets a copy that the customer sees. `thread`: whether the letter goes on with
    that of the last letter about an item of its own (continue), or starts another (new).
    `attach`: what goes with the letter. `offers`: whether it proposes the policy's instalments.
    """

    step: str
    channel: str
    recipients: tuple[str, ...]
    template: str
    tone: str
    days_past_due: int | None = None
    business_days_past_due: int | None = None
    days_after_previous: int | None = None
    pay_within_days: int | None = None
    interest: str = "display"
    lapses_after_days: int | None = None
    min_days_since_last: int | None = None
    thresholds: Mapping[str, Decimal] = field(default_factory=dict)
    cc: tuple[str, ...] = ()
    thread: str = "continue"
    approval: Approval | None = None
    attach: tuple[str, ...] = ()
    offers: bool = False

    @property
    def is_before_due(self) -> bool:
        """Whether it is a courtesy: it makes no sense once the due date has passed."""
        return self.days_past_due is not None and self.days_past_due <= 0


@dataclass(frozen=True, slots=True)
class BusySeason:
    """Days of each year, both included, in which no customer is dunned; month and day."""

    first: tuple[int, int]
    last: tuple[int, int]
    because: str

    def has(self, day: date) -> bool:
        """Whether a day lies in it; a season may last over the new year."""
        found = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= found <= self.last
        return found >= self.first or found <= self.last


@dataclass(frozen=True, slots=True)
class Offer:
    """What whoever calls, or a letter, may offer without asking: so many instalments, the first
    within so many days, and whether interest is waived if they are kept.
    """

    instalments_max: int
    first_days_max: int
    waives_interest: bool
    because: str


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a policy; `version` changes with every change of its text.

    `known_since_days`: a payment, dispute, promise or hold dated so many days after the business
    day stops a notice too, if it is known: whoever has paid by now is not written to.
    `payment_advice_days`: a customer that says it paid is asked, and not written to, so many days.
    `send_hours`: when a letter may leave, by the customer's clock; None: at any hour.
    `residual_claim_days`: what is left of a late payment stays a claim so many days; 0 waives it.
    `contacts_max` contacts in `contacts_max_days` days, over all channels, are enough for one
    customer. `is_catching_up`: after nights without a letter the highest due step is taken, and
    those below it are skipped. `sleeping_after_days`: an overdue item about which nobody spoke for
    so long sleeps. `offer`: None if nothing is offered. `reply_pause_days`: after a customer's
    reply no letter goes for so many business days.
    """

    name: str
    version: str
    valid_from: date
    promise_grace_days: int
    payment_advice_days: int
    known_since_days: int
    draft_valid_days: int
    min_days_between_notices: int
    notices_per_night_max: int
    residual_claim_days: int
    contacts_max: int
    contacts_max_days: int
    sleeping_after_days: int
    is_catching_up: bool
    is_on_business_days_only: bool
    send_hours: tuple[time, time] | None
    busy_seasons: tuple[BusySeason, ...]
    thresholds: Mapping[str, Decimal]
    steps: tuple[Step, ...]
    offer: Offer | None = None
    reply_pause_days: int = REPLY_PAUSE_DAYS

    def is_busy(self, day: date) -> bool:
        """Whether a day lies in a season in which customers are left in peace."""
        return any(season.has(day) for season in self.busy_seasons)
