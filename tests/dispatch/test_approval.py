"""Notices that wait for a role: how they enter the outbox, and what lets them leave it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy
from drafts import AS_OF, DRAFTED_AT, EVENING, MORNING, make_draft
from receivables.dispatch import database, schema
from receivables.dispatch.notice import DraftItem
from receivables.dispatch.outbox import Outbox
from sqlalchemy.schema import CreateTable

LEASE = timedelta(minutes=15)
ROLE = "head_of_credit"


def waiting(number: int = 1, **changes: object):
    return make_draft(number, approval_role=ROLE, **changes)


def rows(outbox: Outbox, query: str) -> list[tuple[object, ...]]:
    with outbox._engine.begin() as connection:
        result = connection.exec_driver_sql(query)
        return [tuple(row) for row in result] if result.returns_rows else []


def claim(outbox: Outbox) -> object:
    return outbox.claim(now=MORNING, lease=LEASE, token="t1")


def test_a_notice_that_waits_is_not_sent_and_its_step_is_in_flight(outbox: Outbox) -> None:
    outbox.draft([waiting(1)])
    assert outbox.counts() == {"drafted": 1}
    assert not outbox.is_due(MORNING) and claim(outbox) is None
    tomorrow = AS_OF + timedelta(days=1)
    [item] = outbox.history(legal_entity_id="DE01", before=tomorrow, known_at=DRAFTED_AT)
    assert item.state == "drafted"


def test_what_waits_is_told_with_its_sums_by_currency(outbox: Outbox) -> None:
    items = tuple(
        DraftItem(f"I{n}", 1, "reminder_1", currency, Decimal(amount))
        for n, (currency, amount) in enumerate((("EUR", "10.10"), ("JPY", "7000"), ("EUR", "0.05")))
    )
    outbox.draft([waiting(1, items=items), make_draft(2)])
    [told] = outbox.waiting()
    assert (told.customer_id, told.approval_role, told.not_after) == ("C1", ROLE, EVENING)
    assert told.amounts == {"EUR": Decimal("10.15"), "JPY": Decimal("7000")}


def test_a_yes_releases_it_and_says_whose_it_was(outbox: Outbox) -> None:
    notice_id = outbox.draft([waiting(1)]).inserted[0]
    assert outbox.approve([notice_id], by="ana", now=MORNING) == (notice_id,)
    assert outbox.waiting() == []
    assert rows(outbox, "select state, approved_by from outbox") == [("released", "ana")]
    assert outbox.approve([notice_id], by="bruno", now=MORNING) == (), "an answer stands"
    assert outbox.reject([notice_id], "too late", now=MORNING) == ()
    assert claim(outbox) is not None


def test_a_no_withdraws_it_and_frees_its_step(outbox: Outbox) -> None:
    notice_id = outbox.draft([waiting(1), make_draft(2)]).inserted[0]
    released = make_draft(2).notice_id
    assert outbox.reject([notice_id, released], "rejected by ana: paid", now=MORNING) == (notice_id,)
    assert outbox.counts() == {"released": 1, "withdrawn": 1}, "what was released is not hers"
    assert outbox.approve([notice_id], by="ana", now=MORNING) == ()
    [(reply,)] = rows(outbox, "select reply from delivery_event where state_to = 'withdrawn'")
    assert reply == "rejected by ana: paid"
    assert outbox.draft([waiting(1, generation=1)]).inserted != ()


def test_what_nobody_answers_for_expires(outbox: Outbox) -> None:
    outbox.draft([waiting(1)])
    assert outbox.expire(now=EVENING + timedelta(minutes=1)) == 1
    assert outbox.counts() == {"expired": 1}


LOCKED = [
    ("state = 'released'", "nobody agreed"),
    ("state = 'released', approved_by = ''", "nobody has no name"),
    ("state = 'claimed'", "not by a short cut either"),
    ("state = 'sent', sent_at = drafted_at", "nor afterwards"),
]


@pytest.mark.parametrize(("change", "because"), LOCKED)
def test_the_database_itself_keeps_what_waits(outbox: Outbox, change: str, because: str) -> None:
    outbox.draft([waiting(1)])
    with pytest.raises(sqlalchemy.exc.IntegrityError):
        rows(outbox, f"update outbox set {change}")
    assert outbox.counts() == {"drafted": 1}, because


def test_an_outbox_of_an_older_version_gets_the_columns_and_the_lock(outbox_url: str) -> None:
    engine = database.open_engine(outbox_url)
    added = {"send_window", *(column.name for column in schema._approval)}
    with engine.begin() as connection:
        made = str(CreateTable(schema.outbox).compile(dialect=connection.dialect))
        older = [line for line in made.splitlines() if line.strip().split(" ")[0] not in added]
        assert len(older) == len(made.splitlines()) - len(added)
        connection.exec_driver_sql("\n".join(older))
    engine.dispose()
    outbox = Outbox(outbox_url)
    outbox.draft([waiting(1), make_draft(2)])
    assert outbox.counts() == {"drafted": 1, "released": 1}
    with pytest.raises(sqlalchemy.exc.IntegrityError):
        rows(outbox, "update outbox set state = 'released'")
    outbox.close()
