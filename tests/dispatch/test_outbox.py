"""The outbox's promises, on both engines."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy
from drafts import AS_OF, DRAFTED_AT, EVENING, MORNING, make_draft, minutes
from receivables.dispatch import database
from receivables.dispatch.notice import Claim, DraftItem
from receivables.dispatch.outbox import Outbox
from receivables.errors import DataError, SettingsError, TransientError, WrongUse

LEASE = minutes(15)


def claim(outbox: Outbox, token: str = "t1", now: datetime = MORNING) -> Claim:
    claimed = outbox.claim(now=now, lease=LEASE, token=token)
    assert claimed is not None
    return claimed


def item(invoice_id: str, step: str = "reminder_1") -> DraftItem:
    return DraftItem(invoice_id, 1, step, "EUR", Decimal("100.00"))


def raw(outbox: Outbox, statement: str) -> list[tuple[object, ...]]:
    with outbox._engine.begin() as connection:
        result = connection.exec_driver_sql(statement)
        return [tuple(row) for row in result] if result.returns_rows else []


def test_drafting_the_same_night_again_adds_nothing(outbox: Outbox) -> None:
    first = outbox.draft([make_draft(1), make_draft(2)])
    again = outbox.draft([make_draft(2), make_draft(1), make_draft(1)])
    assert len(first.inserted) == 2
    assert again.inserted == () and again.refused == ()
    assert set(again.already_there) == set(first.inserted)
    assert outbox.counts() == {"released": 2}


def test_a_notice_that_is_there_keeps_its_frozen_bytes(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])
    outbox.draft([make_draft(1, message=b"Subject: another\r\n\r\nbody\r\n")])
    assert claim(outbox).message == make_draft(1).message


def test_the_database_itself_refuses_to_dun_an_item_twice_for_a_step(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])
    other = make_draft(2, items=(item("I2"), item("I1")))
    result = outbox.draft([other, make_draft(3)])
    assert [refusal.notice_id for refusal in result.refused] == [other.notice_id]
    assert "dunned already" in result.refused[0].reason
    assert outbox.counts() == {"released": 2}, "the third is drafted, and nothing of the second"
    assert raw(outbox, "select count(*) from outbox_item where invoice_id = 'I2'") == [(0,)]


def test_an_item_may_be_dunned_again_for_another_step(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])
    next_step = make_draft(1, step="reminder_2", items=(item("I1", "reminder_2"),))
    assert outbox.draft([next_step]).inserted == (next_step.notice_id,)


def test_a_step_is_given_once_in_a_cycle_whatever_the_items(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])
    result = outbox.draft([make_draft(1, generation=1, items=(item("I9"),))])
    assert "given already" in result.refused[0].reason


@pytest.mark.parametrize(
    ("as_of_date", "is_taken", "because"),
    [
        (date(2026, 3, 4), True, "UTC may still be at the entity's day"),
        (date(2026, 3, 3), True, "the day that ended last night"),
        (date(2026, 3, 1), True, "a night that started late, at most three days"),
        (date(2026, 2, 28), False, "four days are a backfill"),
        (date(2025, 3, 3), False, "a year ago is a backfill"),
        (date(2026, 3, 5), False, "a day that is not over"),
    ],
)
def test_the_database_itself_refuses_a_business_day_that_is_not_fresh(
    outbox: Outbox, as_of_date: date, is_taken: bool, because: str
) -> None:
    old = make_draft(1, as_of_date=as_of_date)
    if is_taken:
        assert outbox.draft([old]).inserted == (old.notice_id,), because
        return
    with pytest.raises(WrongUse, match=str(as_of_date)):
        outbox.draft([make_draft(2), old])
    assert outbox.counts() == {}, f"{because}: the whole call is refused"


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ("as_of_date = '2020-01-01'", "an old day cannot be written in afterwards either"),
        ("drafted_on = '2020-01-02', as_of_date = '2020-01-01'", "nor with a false drafting day"),
        ("run_kind = 'backfill'", "only a live run has notices"),
        ("release_reason = ''", "somebody, or the schedule, released it"),
        ("state = 'resent'", "there are no other states"),
        ("state = 'sent'", "what was sent was sent at an instant"),
    ],
)
def test_the_checks_hold_against_plain_sql(outbox: Outbox, change: str, because: str) -> None:
    outbox.draft([make_draft(1)])
    before = raw(outbox, "select * from outbox")
    with pytest.raises(sqlalchemy.exc.IntegrityError):
        raw(outbox, f"update outbox set {change}")
    assert raw(outbox, "select * from outbox") == before, because


@pytest.mark.parametrize("run_kind", ["backfill", "manual", "scheduled", ""])
def test_only_a_live_run_can_even_make_a_draft(run_kind: str) -> None:
    with pytest.raises(WrongUse, match="live"):
        make_draft(1, run_kind=run_kind)


@pytest.mark.parametrize(
    "message",
    [b"Subject: x\n\nbody\n", b"Subject: x\r\n\r\nbody", b"a\r\n.\nMAIL FROM:<x>\r\n", b"a\rb\r\n"],
)
def test_a_message_with_lone_line_ends_cannot_be_drafted(message: bytes) -> None:
    with pytest.raises(WrongUse, match="CRLF"):
        make_draft(1, message=message)


@pytest.mark.parametrize(
    ("address", "because"),
    [
        ("kaya@müller.example", "SMTP would choke on it in the middle of a run"),
        ("kaya@Buyer.Example", "one address is written one way"),
        ("kaya@buyer.example\r\nRCPT TO:<x@evil.example>", "a command"),
    ],
)
@pytest.mark.parametrize("name", ["sender", "recipient"])
def test_only_an_address_fit_for_an_envelope_is_drafted(
    name: str, address: str, because: str
) -> None:
    with pytest.raises(DataError, match=name) as caught:
        make_draft(1, **{name: address})
    assert "kaya" not in str(caught.value), because


def test_errors_of_the_outbox_name_no_person(outbox: Outbox) -> None:
    secret = "someone.private@buyer.example"
    with pytest.raises(WrongUse) as caught:
        outbox.draft([make_draft(1, as_of_date=date(2020, 1, 1), recipient=secret)])
    assert secret not in str(caught.value) and caught.value.__suppress_context__
    assert secret not in repr(make_draft(1, recipient=secret))


def test_a_claim_is_exclusive_until_its_lease_is_over(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])
    claim(outbox, "t1")
    assert outbox.claim(now=MORNING, lease=LEASE, token="t2") is None
    later = claim(outbox, "t2", MORNING + LEASE + minutes(1))
    assert not outbox.arm(later.notice_id, token="t1", now=MORNING), "the fence holds"
    assert outbox.arm(later.notice_id, token="t2", now=MORNING)
    assert not outbox.arm(later.notice_id, token="t2", now=MORNING), "a door opens once"


def test_letters_go_out_oldest_first_and_only_in_their_time(outbox: Outbox) -> None:
    outbox.draft([make_draft(1, drafted_at=DRAFTED_AT + minutes(1)), make_draft(2)])
    assert claim(outbox).customer_id == "C2"
    assert not outbox.is_due(EVENING + minutes(1)), "a letter past its not_after is not claimed"
    assert outbox.is_due(MORNING)


ENDS = {
    "sent": lambda box, c: box.arm(c.notice_id, token="t1", now=MORNING)
    and box.mark_sent(c.notice_id, token="t1", now=MORNING, reply="250 2.0.0"),
    "unknown": lambda box, c: box.arm(c.notice_id, token="t1", now=MORNING)
    and box.mark_unknown(c.notice_id, token="t1", now=MORNING, reply="SMTPServerDisconnected"),
    "failed": lambda box, c: box.refuse(
        c.notice_id, token="t1", now=MORNING, reply="550 5.1.1", not_before=None
    ),
    "withdrawn": lambda box, c: box.withdraw(c.notice_id, "paid meanwhile", now=MORNING),
    "expired": lambda box, c: box.expire(now=EVENING + timedelta(days=1)),
}


@pytest.mark.parametrize(
    ("end", "may_draft_again", "because"),
    [
        ("sent", False, "the customer has it"),
        ("unknown", False, "the customer may have it"),
        ("failed", True, "it reached nobody"),
        ("withdrawn", True, "it reached nobody"),
        ("expired", True, "it reached nobody"),
    ],
)
def test_a_notice_that_reached_nobody_frees_its_step_for_a_later_night(
    outbox: Outbox, end: str, may_draft_again: bool, because: str
) -> None:
    outbox.draft([make_draft(1)])
    assert ENDS[end](outbox, claim(outbox))
    assert outbox.counts() == {end: 1}
    assert outbox.draft([make_draft(1)]).inserted == (), "the same night drafts it only once"
    tomorrow = AS_OF + timedelta(days=1)
    later = DRAFTED_AT + timedelta(days=1)
    earlier = outbox.history(legal_entity_id="DE01", before=tomorrow, known_at=later)
    generation = len({item.notice_id for item in earlier})
    fresh = make_draft(
        1, as_of_date=tomorrow, drafted_at=later, known_at=later,
        generation=generation,
        not_after=later + timedelta(hours=12),
    )
    assert fresh.notice_id != make_draft(1).notice_id
    assert bool(outbox.draft([fresh]).inserted) is may_draft_again, because


STEPS = ("claim", "arm", "mark_sent", "mark_unknown", "refuse", "give_back", "withdraw", "sweep")


def take(outbox: Outbox, step: str, notice_id: str) -> bool:
    held = {"token": "t1", "now": MORNING}
    match step:
        case "claim":
            return outbox.claim(now=MORNING, lease=LEASE, token="t1") is not None
        case "arm":
            return outbox.arm(notice_id, **held)
        case "mark_sent":
            return outbox.mark_sent(notice_id, reply="250", **held)
        case "mark_unknown":
            return outbox.mark_unknown(notice_id, reply="lost", **held)
        case "refuse":
            return outbox.refuse(notice_id, reply="450", not_before=MORNING, **held)
        case "give_back":
            return outbox.give_back(notice_id, **held)
        case "withdraw":
            return outbox.withdraw(notice_id, "a person's reason", now=MORNING)
        case _:
            return outbox.sweep(now=MORNING + minutes(16), older_than=minutes(15)) == 1


@pytest.mark.parametrize(
    ("path", "allowed", "because"),
    [
        ([], {"claim", "withdraw"}, "released"),
        (["claim"], {"arm", "refuse", "give_back", "withdraw"}, "claimed"),
        (
            ["claim", "arm"],
            {"mark_sent", "mark_unknown", "refuse", "sweep"},
            "armed: only an explicit no leads back",
        ),
        (["claim", "arm", "mark_sent"], set(), "sent is the end"),
        (["claim", "arm", "mark_unknown"], {"mark_sent"}, "a late 250 is still the truth"),
        (["claim", "arm", "sweep"], {"mark_sent"}, "swept: nothing automatic leads back"),
        (["withdraw"], set(), "withdrawn is the end"),
        (["claim", "give_back"], {"claim", "withdraw"}, "given back waits again"),
        (["claim", "arm", "refuse"], {"claim", "withdraw"}, "put off waits again"),
    ],
)
def test_the_protocol_has_these_edges_and_no_others(
    outbox: Outbox, path: list[str], allowed: set[str], because: str
) -> None:
    notice_ids = outbox.draft([make_draft(n) for n in range(len(STEPS))]).inserted
    # Each step is tried on a notice of its own, so that one try cannot spoil the next.
    taken = set()
    for number, step in enumerate(STEPS):
        outbox_of_one = _only(outbox, notice_ids[number])
        for earlier in path:
            assert take(outbox_of_one, earlier, notice_ids[number]), (path, earlier)
        if take(outbox_of_one, step, notice_ids[number]):
            taken.add(step)
        _remove(outbox, notice_ids[number])
    assert taken == allowed, because


def _only(outbox: Outbox, notice_id: str) -> Outbox:
    """Make one notice the only one that can be claimed."""
    raw(outbox, f"update outbox set not_before = '2026-03-05 00:00:00.000000' "
                f"where notice_id <> '{notice_id}' and state = 'released'")
    raw(outbox, f"update outbox set not_before = null where notice_id = '{notice_id}'")
    return outbox


def _remove(outbox: Outbox, notice_id: str) -> None:
    for table in ("delivery_event", "outbox_item", "outbox"):
        raw(outbox, f"delete from {table} where notice_id = '{notice_id}'")


def test_every_change_of_state_leaves_an_event(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])
    held = claim(outbox)
    outbox.arm(held.notice_id, token="t1", now=MORNING + minutes(1))
    outbox.mark_sent(held.notice_id, token="t1", now=MORNING + minutes(2), reply="250 2.0.0")
    events = raw(outbox, "select state_from, state_to, reply from delivery_event order by event_id")
    assert events == [
        (None, "released", None),
        ("released", "claimed", None),
        ("claimed", "armed", None),
        ("armed", "sent", "250 2.0.0"),
    ]


def test_history_tells_the_states_as_they_were_known(outbox: Outbox) -> None:
    outbox.draft([make_draft(1), make_draft(2, items=(item("I2"), item("I3", "pre_due_notice")))])
    for _ in range(2):
        held = claim(outbox)
        outbox.arm(held.notice_id, token="t1", now=MORNING)
        sent_at = MORNING + timedelta(days=1)
        outbox.mark_sent(held.notice_id, token="t1", now=sent_at, reply="250")

    def states(known_at: datetime, before: date = date(2026, 3, 4)) -> list[tuple[object, ...]]:
        items = outbox.history(legal_entity_id="DE01", before=before, known_at=known_at)
        return sorted((i.invoice_id, i.step, i.notice_step, i.state, i.acted_on) for i in items)

    drafted, sent = date(2026, 3, 4), date(2026, 3, 5)
    assert states(DRAFTED_AT - minutes(1)) == []
    assert states(DRAFTED_AT) == [
        ("I1", "reminder_1", "reminder_1", "released", drafted),
        ("I2", "reminder_1", "reminder_1", "released", drafted),
        ("I3", "pre_due_notice", "reminder_1", "released", drafted),
    ]
    assert {row[3] for row in states(MORNING)} == {"armed"}
    assert {row[3:] for row in states(MORNING + timedelta(days=2))} == {("sent", sent)}
    assert states(MORNING + timedelta(days=2), before=AS_OF) == [], "a night does not see itself"
    assert outbox.history(legal_entity_id="FR01", before=sent, known_at=EVENING) == []


def test_states_are_told_for_the_warehouse(outbox: Outbox) -> None:
    outbox.draft([make_draft(1)])
    held = claim(outbox)
    outbox.arm(held.notice_id, token="t1", now=MORNING)
    outbox.mark_sent(held.notice_id, token="t1", now=MORNING, reply="250")
    (state,) = outbox.notice_states(legal_entity_id="DE01", since=AS_OF)
    assert (state.state, state.drafted_at, state.sent_at) == ("sent", DRAFTED_AT, MORNING)
    assert outbox.notice_states(legal_entity_id="DE01", since=date(2026, 3, 4)) == []


def test_amounts_come_back_digit_by_digit(outbox: Outbox) -> None:
    exact = (
        DraftItem("KWD-1", 1, "reminder_1", "KWD", Decimal("1234567890123.456")),
        DraftItem("JPY-1", 1, "reminder_1", "JPY", Decimal("1E+3")),
    )
    outbox.draft([make_draft(1, items=exact)])
    amounts = raw(outbox, "select amount from outbox_item order by invoice_id")
    assert amounts == [("1000",), ("1234567890123.456",)]


def test_instants_come_back_as_the_instants_they_were(outbox: Outbox) -> None:
    tokyo = datetime.fromisoformat("2026-03-04T11:00:00.123456+09:00")
    outbox.draft([make_draft(1, known_at=tokyo)])
    assert claim(outbox).known_at == tokyo
    assert claim(outbox, now=MORNING + minutes(20)).known_at.tzinfo is UTC


def _at_once(count: int, work: object) -> list[object]:
    start = threading.Barrier(count)
    results: list[object] = []

    def run(number: int) -> None:
        start.wait()
        try:
            results.append(work(number))  # type: ignore[operator]
        except Exception as failed:
            results.append(failed)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_tables_are_created_once_however_many_start_at_once(outbox_url: str) -> None:
    def start(_: int) -> object:
        opened = Outbox(outbox_url)
        counts = opened.counts()
        opened.close()
        return counts

    assert _at_once(8, start) == [{}] * 8


def test_two_nights_that_draft_at_once_draft_each_notice_once(outbox_url: str) -> None:
    def draft(number: int) -> object:
        opened = Outbox(outbox_url)
        order = range(1, 41) if number % 2 else range(40, 0, -1)
        result = opened.draft([make_draft(n) for n in order])
        opened.close()
        assert result.refused == ()
        return len(result.inserted)

    assert sum(_at_once(4, draft)) == 40  # type: ignore[arg-type]


def test_claims_at_once_never_take_the_same_notice(outbox_url: str) -> None:
    outbox = Outbox(outbox_url)
    outbox.draft([make_draft(n) for n in range(40)])
    outbox.close()

    def take_ten(number: int) -> object:
        opened = Outbox(outbox_url)
        taken = [claim(opened, f"t{number}").notice_id for _ in range(10)]
        opened.close()
        return taken

    taken = [notice_id for ids in _at_once(4, take_ten) for notice_id in ids]  # type: ignore
    assert len(taken) == len(set(taken)) == 40


def test_a_locked_outbox_is_a_reason_to_try_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    outbox = Outbox(f"sqlite:///{tmp_path}/outbox.sqlite")
    outbox.counts()
    with outbox._writing(), pytest.raises(TransientError, match="did not answer"):
        outbox.draft([make_draft(1)])


@pytest.mark.parametrize("url", ["duckdb:////x.duckdb", "sqlite://", "mysql+pymysql://h/d"])
def test_an_outbox_lives_in_sqlite_or_postgresql(url: str) -> None:
    with pytest.raises(SettingsError, match="outbox_url"):
        database.open_engine(url)


def test_sqlite_writes_survive_a_power_cut(tmp_path: Path) -> None:
    outbox = Outbox(f"sqlite:///{tmp_path}/outbox.sqlite")
    assert raw(outbox, "pragma journal_mode") == [("wal",)]
    assert raw(outbox, "pragma synchronous") == [(2,)], "full"
