"""Letters leave by the clock where the customer is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from drafts import MORNING, make_draft
from hostile_smtp import HostileServer, serving
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.window import SendWindow, is_time_zone
from test_dispatcher import relay_to, run

WINDOWS = [
    # time zone | now (UTC) | opens (UTC; None: is open) | because
    ("Europe/Berlin", "2026-03-04T07:30", None, "half past eight in winter"),
    ("Europe/Berlin", "2026-03-04T07:29", "2026-03-04T07:30", "a minute too early"),
    ("Europe/Berlin", "2026-07-01T06:30", None, "half past eight in summer"),
    ("Europe/Berlin", "2026-03-04T16:00", "2026-03-05T07:30", "at five it shuts, till tomorrow"),
    ("Europe/Berlin", "2026-03-06T16:30", "2026-03-09T07:30", "Friday evening: on Monday"),
    ("Europe/Berlin", "2026-03-08T10:00", "2026-03-09T07:30", "Sunday: on Monday"),
    ("Europe/Berlin", "2026-03-27T16:30", "2026-03-30T06:30", "the clocks change in between"),
    ("Asia/Tokyo", "2026-03-04T09:00", "2026-03-04T23:30", "evening in Tokyo: its next morning"),
    ("America/Sao_Paulo", "2026-03-04T12:00", None, "nine in the morning in São Paulo"),
]


@pytest.mark.parametrize(
    ("zone", "now", "opens", "because"), WINDOWS, ids=[row[-1] for row in WINDOWS]
)
def test_when_a_window_opens(zone: str, now: str, opens: str | None, because: str) -> None:
    window = SendWindow.of(str(SendWindow(time(8, 30), time(17), zone)))
    expected = None if opens is None else datetime.fromisoformat(opens).replace(tzinfo=UTC)
    assert window.opens_at(datetime.fromisoformat(now).replace(tzinfo=UTC)) == expected, because


def test_a_letter_waits_for_its_hour_and_that_is_no_attempt(outbox: Outbox) -> None:
    late = MORNING + timedelta(days=2)
    outbox.draft([
        make_draft(1, send_window="08:30-17:00 Europe/Berlin", not_after=late),
        make_draft(2, send_window="08:30-17:00 Asia/Tokyo", not_after=late),
    ])
    with serving(HostileServer()) as server:
        report = run(outbox, relay_to(server))
        assert (report.sent, report.put_off, report.left) == (1, 1, 1), "it is 18:00 in Tokyo"
        assert run(outbox, relay_to(server), MORNING + timedelta(hours=14)).sent == 0
        report = run(outbox, relay_to(server), MORNING + timedelta(hours=15))
        assert (report.sent, report.left) == (1, 0), "half past eight there, and a bit"


MISSED = [
    # released (UTC) | now (UTC) | had a whole window | because
    ("2026-03-04T02:00", "2026-03-04T16:00", True, "from before it opened to when it shut"),
    ("2026-03-04T02:00", "2026-03-04T15:59", False, "it is open for another minute"),
    ("2026-03-04T02:00", "2026-03-05T07:00", True, "the next morning, before it opens again"),
    ("2026-03-04T09:00", "2026-03-04T16:30", False, "released at ten: it had part of a window"),
    ("2026-03-07T02:00", "2026-03-08T20:00", False, "a weekend is no window"),
    ("2026-03-06T02:00", "2026-03-08T20:00", True, "Friday's, told on Sunday"),
]


@pytest.mark.parametrize(
    ("released", "now", "missed", "because"), MISSED, ids=[row[-1] for row in MISSED]
)
def test_what_missed_its_day(released: str, now: str, missed: bool, because: str) -> None:
    window = SendWindow.of("08:30-17:00 Europe/Berlin")
    at = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (released, now)]
    assert window.was_missed(*at) == missed, because


def test_letters_that_missed_their_day_are_told_once_by_the_run_and_stay_in_the_status(
    outbox: Outbox,
) -> None:
    later = {"send_window": "08:30-17:00 Europe/Berlin", "not_after": MORNING + timedelta(days=2)}
    outbox.draft([
        make_draft(1, **later), make_draft(2, **later),
        make_draft(3, **later, legal_entity_id="FR01"), make_draft(4),
        make_draft(5, **later, drafted_at=MORNING),
    ])
    evening = MORNING.replace(hour=16, minute=1)
    assert outbox.overdue(MORNING) == {}
    with serving(HostileServer()) as server:
        told = run(outbox, relay_to(server), evening)
        again = run(outbox, relay_to(server), evening + timedelta(minutes=30))
        assert outbox.overdue(evening + timedelta(minutes=30)) == {"DE01": 2, "FR01": 1}
        assert run(outbox, relay_to(server), MORNING + timedelta(days=1)).sent == 4
    assert (told.sent, told.overdue) == (1, {"DE01": 2, "FR01": 1}), "the fourth may go any time"
    assert "DE01 2, FR01 1" in str(told.alarm), "counts, and nobody's name"
    assert (again.overdue, again.alarm) == ({}, None), "one alarm a day is enough"
    assert outbox.overdue(MORNING + timedelta(days=1)) == {}


def test_what_an_erp_calls_a_time_zone_may_be_none() -> None:
    assert is_time_zone("Asia/Tokyo")
    assert not is_time_zone("Tokio") and not is_time_zone(None) and not is_time_zone("../x")
