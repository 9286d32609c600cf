"""What is kept of a letter whose text was removed, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from drafts import MORNING, make_draft
from receivables.dispatch.kept_letter import KeptLetters
from receivables.dispatch.outbox import Outbox

LATER = MORNING + timedelta(days=100)
LEASE = timedelta(minutes=15)


@pytest.fixture
def letters(outbox_url: str) -> Iterator[KeptLetters]:
    opened = KeptLetters(outbox_url)
    yield opened
    opened.close()


def brought_to(outbox: Outbox, state: str, number: int = 1, **changes: object) -> str:
    """A letter in a state; the relay repeats the recipient's address in its reply."""
    draft = make_draft(number, approval_role="owner" if state == "drafted" else None, **changes)
    outbox.draft([draft])
    key, reply = draft.notice_id, f"<{draft.recipient}> and <{draft.recipient.upper()}>: so be it"
    if state == "withdrawn":
        outbox.withdraw(key, "paid", now=MORNING)
    if state in ("claimed", "armed", "sent", "unknown", "failed"):
        assert outbox.claim(now=MORNING, lease=LEASE, token="t").notice_id == key
    if state in ("armed", "sent", "unknown"):
        outbox.arm(key, token="t", now=MORNING)
    if state == "sent":
        outbox.mark_sent(key, token="t", now=MORNING, reply=reply)
    if state == "unknown":
        outbox.mark_unknown(key, token="t", now=MORNING, reply=reply)
    if state == "failed":
        outbox.refuse(key, token="t", now=MORNING, reply=reply, not_before=None)
    if state == "expired":
        outbox.expire(now=LATER)
    assert outbox.counts() == {state: 1}
    return key


STATES = [
    # state | whether its text may go | because
    ("drafted", False, "somebody may still say yes"),
    ("released", False, "it is still to be sent"),
    ("claimed", False, "somebody is about to send it"),
    ("armed", False, "it may be on its way"),
    ("unknown", False, "somebody may send it again, byte for byte"),
    ("sent", True, "it arrived"),
    ("failed", True, "it was refused"),
    ("expired", True, "a later one took its place"),
    ("withdrawn", True, "it never went"),
]


@pytest.mark.parametrize(("state", "goes", "because"), STATES, ids=[row[0] for row in STATES])
def test_the_text_goes_only_of_a_letter_that_is_over(letters, state, goes, because):
    key = brought_to(letters, state, cc="ann@seller.example")
    [before] = letters.to(["c1@buyer.example"], legal_entity_id="DE01")
    removed = letters.remove_bodies([key], because="retention", now=LATER)
    assert removed == ((key,) if goes else ()), because
    if not goes:
        assert letters.to(["c1@buyer.example"], legal_entity_id="DE01") == [before]
        return
    assert letters.to(["c1@buyer.example", "ann@seller.example"], legal_entity_id="DE01") == []
    [after] = letters.to([""], legal_entity_id="DE01")
    assert (after.message, after.recipient, after.cc) == (b"", "", None)
    for name in ("notice_id", "state", "sent_at", "amount_text", "message_id", "body_sha256"):
        assert getattr(after, name) == getattr(before, name)
    *events, last = after.events
    assert (last["state_from"], last["state_to"], last["reply"]) == (
        state, state, "text removed: retention")
    assert not [event for event in events if "buyer.example" in (event["reply"] or "").lower()]
    assert letters.remove_bodies([key], because="retention", now=LATER) == (), "once is enough"


@pytest.mark.parametrize(
    ("since", "found", "because"),
    [
        (MORNING, 0, "nothing is older than what just happened"),
        (MORNING + timedelta(seconds=1), 1, "its last event is older"),
    ],
)
def test_a_letter_is_over_since_its_last_event(letters, since, found, because):
    brought_to(letters, "sent")
    over = letters.over_since(since, legal_entity_id="DE01")
    assert [letter.items for letter in over] == [frozenset({("I1", 1)})] * found, because
    assert letters.over_since(since, legal_entity_id="FR01") == []


def test_a_letter_without_text_keeps_its_step_taken(letters):
    key = brought_to(letters, "sent")
    letters.remove_bodies([key], because="retention", now=LATER)
    assert letters.draft([make_draft(1)]).already_there == (key,)
    assert [r.notice_id for r in letters.draft([make_draft(1, generation=1)]).refused] != []


def test_a_letter_is_found_by_its_copy_whatever_the_case(letters):
    key = brought_to(letters, "sent", cc="Ann@seller.example")
    assert [letter.notice_id for letter in letters.to(
        ["ann@seller.example"], legal_entity_id="DE01")] == [key]
    assert letters.suppressed(["ann@seller.example"]) == []
