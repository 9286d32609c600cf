"""The settings of an installation (`include/settings.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from receivables.contract import INCLUDE
from receivables.dispatch.payment import PaymentAccount

SETTINGS_FILE = INCLUDE / "settings.yaml"

# How long mails that came in are kept, unless the settings say otherwise.
INBOX_KEPT_DAYS = 365

# When the schedule runs the night, in the company's time zone.
NIGHT_AT = time(2)


@dataclass(frozen=True, slots=True)
class Mail:
    """How letters leave; in sink mode nothing does: they are stored as files under `home`.

    The figures below hold for a relay, not for the sink; docs/sending.md says what they do.
    `journal_address`: a mailbox of ours that gets a copy of every letter, which nobody sees in it.
    `replies`, `bounces`: the addresses that letters ask answers and bounces to come back to, with
    a code added; None: to the sender. `inbox`: the IMAP connection that they are read by.
    `last_look_minutes`: how old what the ERP said may be when a letter leaves; None: as old as the
    night.
    """

    connection: str | None
    sender: str
    sink: bool
    journal_address: str | None
    letters_per_minute: int = 20
    letters_per_minute_and_domain: int = 10
    canary_above: int = 100
    canary_wait_minutes: int = 10
    replies: str | None = None
    bounces: str | None = None
    inbox: str | None = None
    inbox_kept_days: int = INBOX_KEPT_DAYS
    last_look_minutes: int | None = 10


@dataclass(frozen=True, slots=True)
class Source:
    """Where the ERP's tables come from: a database or a directory of files, and a SQL folder.

    `incremental`: of a database's large tables, read the rows that changed since the extract
    before, told by fingerprints that the database computes.
    """

    name: str
    kind: Literal["sql", "files"]
    connection: str | None
    directory: Path | None
    sql: str
    entities: tuple[str, ...]
    open_amounts: Literal["from_allocations", "from_source"]
    incremental: bool = False


@dataclass(frozen=True, slots=True)
class InterestRule:
    """A rule of `include/rules/` by its name (`annual_percent` is None), or a contract's own rate:
    simple interest, ACT/365, on the open amount from the day after the due date. `legal_basis` is
    that of such a rate; a rule has its own.
    """

    rule_id: str
    annual_percent: Decimal | None
    legal_basis: str


@dataclass(frozen=True, slots=True)
class InterestException:
    """Another rule than the entity's for one `customer_id`, `purchase_order_ref` (a contract) or
    `invoice_id`; the narrowest that fits an invoice is taken.
    """

    scope: str
    key: str
    interest_rule: InterestRule
    because: str


@dataclass(frozen=True, slots=True)
class PolicyException:
    """Another policy than the entity's for the customers that are as every one of `scopes` says
    (customer_id, country, segment, abc_class, risk_class), to the day `until`, which is included.
    """

    scopes: Mapping[str, str]
    policy: str
    until: date | None
    because: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A legal entity that invoices.

    `calendar`: the file of include/calendars that has its holidays; its country's if there is one.
    `bank_feed_hours_max`: with a newest receipt older than this, in hours of business days, nobody
    is written to before a person looked; None: the receipts' age says nothing.
    `payment`: the account that payment codes name; None: letters have no code.
    """

    legal_entity_id: str
    name: str
    country: str
    currency: str
    time_zone: str
    policy: str
    policy_exceptions: tuple[PolicyException, ...]
    calendar: str | None
    breakers: Mapping[str, float]
    interest_rule: InterestRule
    interest_exceptions: tuple[InterestException, ...]
    letterhead: tuple[str, ...]
    bank_details: tuple[str, ...]
    bank_feed_hours_max: int | None = None
    payment: PaymentAccount | None = None

    def newest_closed_day(self, now: datetime) -> date:
        """The last business day that is over in this entity's time zone."""
        return newest_closed_day(now, self.time_zone)


@dataclass(frozen=True, slots=True)
class Privacy:
    """How long data of people are kept. `letter_days`: text and recipient of a letter, after it was
    sent, and after what it is about was open the last time.
    """

    letter_days: int = 90


@dataclass(frozen=True, slots=True)
class Settings:
    """An installation of Receivables.

    `approvers`: by role, the users of Airflow who may say yes or no, by the ids that Airflow's
    auth manager gives them (its simple one: their names).
    """

    file: Path
    home: Path
    time_zone: str
    reporting_currency: str
    outbox_url: str
    warehouse_url: str
    mail: Mail
    sources: Mapping[str, Source]
    entities: Mapping[str, Entity]
    approvers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    privacy: Privacy = Privacy()

    def source_of(self, legal_entity_id: str) -> Source:
        """The one source that a legal entity is read from."""
        return next(
            source for source in self.sources.values() if legal_entity_id in source.entities
        )


def newest_closed_day(now: datetime, time_zone: str) -> date:
    """The last day that is over at `now` in a time zone."""
    return now.astimezone(ZoneInfo(time_zone)).date() - timedelta(days=1)


@cache
def is_over_by_the_night(entity_time_zone: str, *, company_time_zone: str) -> bool:
    """Whether, all the year round, a legal entity's day has ended when the company's night runs.

    The clocks of two zones are changed on different days, or in one of them only; a zone's rules
    hardly differ from year to year.
    """
    company, entity = ZoneInfo(company_time_zone), ZoneInfo(entity_time_zone)
    mornings = [date(2026, 1, 1) + timedelta(days=number) for number in range(366)]
    return all(
        datetime.combine(morning, time(), entity).astimezone(UTC)
        <= datetime.combine(morning, NIGHT_AT, company).astimezone(UTC)
        for morning in mornings
    )


def installed(environment: Mapping[str, str]) -> Settings:
    """The settings that RECEIVABLES_SETTINGS names, else `include/settings.yaml`."""
    return load(Path(environment.get("RECEIVABLES_SETTINGS") or SETTINGS_FILE))


def load(file: Path) -> Settings:
    """Read the settings.

    Raises SettingsError with every fault: file, key and remedy.
    """
    from receivables.settings_file import read

    return read(file)
