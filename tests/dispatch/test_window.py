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


def test_what_an_erp_calls_a_time_zone_may_be_none() -> None:
    assert is_time_zone("Asia/Tokyo")
    assert not is_time_zone("Tokio") and not is_time_zone(None) and not is_time_zone("../x")
