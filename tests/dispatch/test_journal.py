"""The journal: a file that notices an outbox that has forgotten letters, and mends it."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from drafts import AS_OF, MORNING, make_arming, make_draft, minutes
from hostile_smtp import DROP, HostileServer, serving
from receivables.dispatch import journal as journal_module
from receivables.dispatch.journal import FILE_NAME, Journal
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.review import Review
from receivables.errors import SettingsError, TransientError
from test_dispatcher import relay_to, run

BECAUSE = "restored from the journal, says ana: the disk died"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / FILE_NAME)


def send(outbox: Outbox, journal: Journal, *, faults: dict[str, str] | None = None) -> object:
    with serving(HostileServer(faults=faults or {})) as server:
        run(outbox, relay_to(server), journal=journal)
    return server.copies


def rows(outbox: Outbox, query: str) -> list[tuple[object, ...]]:
    with outbox._engine.begin() as connection:
        result = connection.exec_driver_sql(query)
        return [tuple(row) for row in result] if result.returns_rows else []


def forget(outbox: Outbox, *, and_drafts: bool = False) -> None:
    """What a backup of the small hours knows: the night's drafts, or not even those."""
    rows(outbox, "delete from delivery_event where state_from is not null")
    rows(outbox, "update outbox set state = 'released', armed_at = null, sent_at = null, "
                 "claim_token = null, claimed_until = null, last_reply = null, attempt_count = 0")
    rows(outbox, f"update outbox_item set is_void = {'false' if 'postgres' in outbox._url else 0}")
    if and_drafts:
        for table in ("delivery_event", "outbox_item", "outbox"):
            rows(outbox, f"delete from {table}")


def restore(outbox: Outbox, journal: Journal) -> int:
    review = Review(outbox._url)
    with closing(review):
        return review.restore(journal.lost(review), because=BECAUSE, now=MORNING + minutes(30))


def test_each_letter_stands_in_the_journal_without_an_address(
    outbox: Outbox, journal: Journal
) -> None:
    outbox.draft([make_draft(n, cc="sales@seller.example") for n in range(3)])
    send(outbox, journal)
    assert stat.S_IMODE(journal.file.stat().st_mode) == 0o600
    about, *entries = [json.loads(line) for line in journal.file.read_text().splitlines()]
    assert list(about) == ["about"], "a journal that begins with nothing is there all the same"
    assert [entry["message_id"] for entry in entries] == [
        draft.message_id for draft in sorted((make_draft(n) for n in range(3)),
                                             key=lambda draft: draft.notice_id)]
    told = journal.file.read_text().replace("@seller.example>", "")
    assert "@" not in told, "only Message-IDs have one"
    assert journal.lost(outbox) == []


def test_a_letter_stands_in_the_journal_before_its_dot(outbox: Outbox, journal: Journal) -> None:
    outbox.draft([make_draft(1)])
    found: list[int] = []
    server = HostileServer(on_dot=lambda _: found.append(len(journal.armings())))
    with serving(server):
        run(outbox, relay_to(server), journal=journal)
    assert found == [1]


def test_a_refused_letter_that_goes_later_is_no_restored_outbox(
    outbox: Outbox, journal: Journal
) -> None:
    outbox.draft([make_draft(1)])
    send(outbox, journal, faults={"dot": "451 4.3.0 later"})
    assert outbox.counts() == {"released": 1} and journal.lost(outbox) == []
    with serving(HostileServer()) as server:
        assert run(outbox, relay_to(server), MORNING + minutes(10), journal=journal).sent == 1
    assert len(journal.armings()) == 2 and journal.lost(outbox) == []


@pytest.mark.parametrize("and_drafts", [False, True], ids=["after the night", "before the night"])
def test_a_restored_outbox_sends_nothing_until_a_person_restored_the_letters(
    outbox: Outbox, journal: Journal, and_drafts: bool
) -> None:
    drafts = [make_draft(n) for n in range(3)]
    outbox.draft(drafts)
    send(outbox, journal)
    forget(outbox, and_drafts=and_drafts)
    outbox.draft([make_draft(9)])
    with serving(HostileServer()) as server:
        with pytest.raises(SettingsError, match=r"at least 3 letters that may have left.*review restore"):
            run(outbox, relay_to(server), journal=journal)
        assert server.connections == 0
        assert restore(outbox, journal) == 3
        assert outbox.counts() == {"released": 1, "unknown": 3}
        assert outbox.draft(drafts).inserted == (), "its step is not drafted again"
        tomorrow = [make_draft(n, generation=1) for n in range(3)]
        assert outbox.draft(tomorrow).inserted == (), "not as the next generation either"
        run(outbox, relay_to(server), journal=journal)
    assert server.copies == {"c9@buyer.example": 1}
    assert journal.lost(outbox) == []
    assert restore(outbox, journal) == 0, "once is enough"


def test_history_tells_a_restored_letter_as_one_in_doubt(outbox: Outbox, journal: Journal) -> None:
    outbox.draft([make_draft(1)])
    send(outbox, journal)
    forget(outbox, and_drafts=True)
    restore(outbox, journal)
    [item] = outbox.history(
        legal_entity_id="DE01", before=AS_OF + timedelta(days=1), known_at=MORNING + minutes(60)
    )
    assert (item.customer_id, item.invoice_id, item.step, item.state) == (
        "C1", "I1", "reminder_1", "unknown")
    events = rows(outbox, "select state_to from delivery_event order by event_id")
    assert events == [("released",), ("armed",), ("unknown",)]


def drafted_anew(outbox: Outbox) -> None:
    """The night after the restore: it knows of no letter, and there is one item less by now."""
    outbox.draft([make_draft(1, message=b"Subject: of today\r\n\r\nother\r\n")])


def drafted_with_another(outbox: Outbox) -> None:
    """Its invoice goes with a letter about an older one."""
    items = (make_draft(2).items[0], make_draft(1).items[0])
    outbox.draft([make_draft(2, items=items)])


def withdrawn_meanwhile(outbox: Outbox) -> None:
    drafted_anew(outbox)
    outbox.withdraw(make_draft(1).notice_id, "PAID", now=MORNING)


def drafted_after_withdrawal(outbox: Outbox) -> None:
    withdrawn_meanwhile(outbox)
    outbox.draft([make_draft(1, generation=1)])


def waiting_for_approval(outbox: Outbox) -> None:
    outbox.draft([make_draft(1, approval_role="head_of_credit")])


@pytest.mark.parametrize(
    ("meanwhile", "counts", "because"),
    [
        (drafted_anew, {"unknown": 1}, "the same letter"),
        (drafted_with_another, {"unknown": 1, "withdrawn": 1}, "an item is dunned once a step"),
        (withdrawn_meanwhile, {"unknown": 1}, "it went, whatever was withdrawn"),
        (drafted_after_withdrawal, {"unknown": 1, "withdrawn": 1}, "a step is given once"),
        (waiting_for_approval, {"unknown": 1}, "it went, so somebody had agreed"),
    ],
)
def test_what_a_night_wrote_in_ignorance_gives_way(
    outbox: Outbox, journal: Journal, meanwhile: object, counts: dict[str, int], because: str
) -> None:
    outbox.draft([make_draft(1)])
    send(outbox, journal)
    forget(outbox, and_drafts=True)
    meanwhile(outbox)  # type: ignore[operator]
    with serving(HostileServer()) as server, pytest.raises(SettingsError):
        run(outbox, relay_to(server), journal=journal)
    assert restore(outbox, journal) == 1
    assert outbox.counts() == counts, because
    [state] = rows(outbox, f"select state from outbox where notice_id = '{make_draft(1).notice_id}'")
    assert state == ("unknown",)
    live = f"is_void = {'false' if 'postgres' in outbox._url else 0}"
    assert rows(outbox, f"select notice_id, invoice_id from outbox_item where {live}") == [
        (make_draft(1).notice_id, "I1")]
    assert send(outbox, journal) == {}, "and nothing goes"


def test_the_later_generation_is_the_one_in_doubt(outbox: Outbox, journal: Journal) -> None:
    """The first was refused for good, or there had been no second."""
    outbox.draft([make_draft(1)])
    send(outbox, journal, faults={"dot": "554 5.6.0 content"})
    assert outbox.counts() == {"failed": 1}
    second = make_draft(1, generation=1)
    outbox.draft([second])
    send(outbox, journal, faults={"dot": DROP})
    forget_all = [entry.notice_id for entry in journal.lost(outbox)]
    assert forget_all == []
    for table in ("delivery_event", "outbox_item", "outbox"):
        rows(outbox, f"delete from {table}")
    assert restore(outbox, journal) == 2
    states = dict(rows(outbox, "select notice_id, state from outbox"))
    assert states == {make_draft(1).notice_id: "failed", second.notice_id: "unknown"}
    assert journal.lost(outbox) == []


def test_a_missing_journal_stops_an_outbox_that_has_sent(
    outbox: Outbox, journal: Journal
) -> None:
    outbox.draft([make_draft(1)])
    send(outbox, journal)
    kept = journal.file.read_bytes()
    for found in (None, b""):
        journal.file.unlink() if found is None else journal.file.write_bytes(found)
        with serving(HostileServer()) as server, pytest.raises(SettingsError, match="missing or"):
            run(outbox, relay_to(server), journal=journal)
    journal.file.write_bytes(kept)
    assert send(outbox, journal) == {}


CUT = [
    # what is left of the last line | entries | because
    (0.0, 1, "the crash came before the write"),
    (0.5, 1, "the line was cut off: its dot was never written"),
    (1.0, 2, "the line end alone was cut off: it is an entry all the same"),
]


@pytest.mark.parametrize(("share", "entries", "because"), CUT)
def test_a_line_that_a_crash_cut_off_is_no_entry_and_harms_none(
    outbox: Outbox, journal: Journal, share: float, entries: int, because: str
) -> None:
    outbox.draft([make_draft(n) for n in range(3)])
    with serving(HostileServer()) as server:
        run(outbox, relay_to(server), journal=journal, limit=2)
        *whole, last = journal.file.read_bytes().splitlines(keepends=True)
        last = last.rstrip()
        journal.file.write_bytes(b"".join(whole) + last[: round(len(last) * share)])
        assert len(journal.armings()) == entries, because
        run(outbox, relay_to(server), journal=journal)
    assert len(journal.armings()) == entries + 1
    assert set(server.copies.values()) == {1} and len(server.copies) == 3


def test_a_damaged_line_is_said_and_not_passed_over(outbox: Outbox, journal: Journal) -> None:
    outbox.draft([make_draft(1)])
    send(outbox, journal)
    journal.file.write_bytes(journal.file.read_bytes().replace(b'"step"', b'"s\x00ep"'))
    with pytest.raises(SettingsError, match="line is damaged"):
        send(outbox, journal)


def test_a_letter_that_the_journal_cannot_take_does_not_go(
    outbox: Outbox, tmp_path: Path
) -> None:
    outbox.draft([make_draft(n) for n in range(2)])
    (tmp_path / "home").mkdir()
    journal = Journal(tmp_path / "home" / FILE_NAME)
    with serving(HostileServer()) as server, pytest.raises(TransientError, match="did not go"):
        run(outbox, relay_to(server), journal=journal,
            recheck=lambda claim: shutil.rmtree(tmp_path / "home"))
    assert server.mails == [] and outbox.counts() == {"released": 1, "unknown": 1}
    [(reply,)] = rows(outbox, "select last_reply from outbox where state = 'unknown'")
    assert "did not go" in str(reply), "whoever reviews it reads so"


FULL_DISK = """
import resource, sys
from datetime import timedelta
sys.path.insert(0, sys.argv[1])
from drafts import MORNING, make_arming
from receivables.dispatch.journal import Journal
from pathlib import Path
journal = Journal(Path(sys.argv[2]))
journal.append(make_arming(MORNING))
size = journal.file.stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, resource.RLIM_INFINITY))
try:
    journal.append(make_arming(MORNING + timedelta(hours=1)))
except Exception as failed:
    print(type(failed).__name__, journal.file.stat().st_size - size)
"""


def test_half_an_entry_on_a_full_disk_is_none(journal: Journal) -> None:
    said = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(Path(__file__).parent), str(journal.file)],
        check=True, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "plugins")},
    )
    assert said.stdout.split() == ["TransientError", "100"]
    assert len(journal.armings()) == 1
    journal.append(make_arming(MORNING + minutes(1)))
    assert [arming.armed_at for arming in journal.armings()] == [MORNING, MORNING + minutes(1)]


def test_many_dispatchers_append_whole_lines(journal: Journal) -> None:
    def append(number: int) -> None:
        for count in range(50):
            journal.append(make_arming(MORNING + minutes(number * 100 + count)))

    threads = [threading.Thread(target=append, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({arming.armed_at for arming in journal.armings()}) == 200


def test_an_entry_comes_back_as_it_was(journal: Journal) -> None:
    arming = make_arming(datetime(2026, 3, 4, 9, 0, 0, 123456, tzinfo=UTC))
    journal.append(arming)
    assert journal.armings() == [arming]


def test_the_newest_entries_are_enough_to_notice_a_backup(
    outbox: Outbox, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.draft([make_draft(n) for n in range(20)])
    send(outbox, journal)
    size = journal.file.stat().st_size // 20
    for octets in (2 * size, 3 * size + 7):
        monkeypatch.setattr(journal_module, "CHECKED_OCTETS", octets)
        journal.check(outbox)
    forget(outbox)
    with pytest.raises(SettingsError, match="at least 3 letters"):
        journal.check(outbox)
    assert len(journal.lost(outbox)) == 20, "a person restores all of them"
