"""Putting one draft into the outbox, or learning why the database would not have it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import DataError as UnstorableValue
from sqlalchemy.exc import IntegrityError

from receivables.dispatch.notice import Draft
from receivables.dispatch.schema import delivery_event, outbox, outbox_item
from receivables.dispatch.suppression import active
from receivables.errors import WrongUse

IDS_A_QUERY = 500


def existing(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of some notices that are in the outbox already."""
    found: set[str] = set()
    for start in range(0, len(ids), IDS_A_QUERY):
        chunk = outbox.c.notice_id.in_(ids[start : start + IDS_A_QUERY])
        found.update(connection.scalars(select(outbox.c.notice_id).where(chunk)))
    return found


def suppressed(connection: Connection, drafts: Sequence[Draft]) -> dict[str, str]:
    """Why some addresses get no letter, as known when the newest of the drafts was made."""
    now = max((draft.drafted_at for draft in drafts), default=None)
    return {} if now is None else {each.address: each.because for each in active(connection, now)}


def insert_draft(connection: Connection, draft: Draft) -> str | None:
    """Insert a draft with its items and first event; else the reason why it was refused.

    Raises WrongUse if a check of the database finds that the draft is not of a live night.
    """
    taken = f"{draft.step} was given already in cycle {draft.cycle}"
    try:
        with connection.begin_nested():
            connection.execute(insert(outbox).values(**_row(draft)))
            taken = "an item of it was dunned already for the same step"
            connection.execute(insert(outbox_item), _item_rows(draft))
            connection.execute(
                insert(delivery_event).values(
                    notice_id=draft.notice_id, occurred_at=draft.drafted_at, state_to=draft.state,
                    reply=draft.cc_fault,
                )
            )
    except IntegrityError as refused:
        if not _is_unique_violation(refused):
            raise _not_live(draft) from None
        return taken
    except UnstorableValue:
        return "the database cannot store a value of it"
    return None


def _row(draft: Draft) -> dict[str, object]:
    told_apart = ("items", "cc_fault")
    stated = {name: getattr(draft, name) for name in Draft.__slots__ if name not in told_apart}
    return stated | {
        "notice_id": draft.notice_id,
        "drafted_on": draft.drafted_on,
        "body_sha256": draft.body_sha256,
        "state": draft.state,
    }


def _item_rows(draft: Draft) -> list[dict[str, object]]:
    return [
        {
            "notice_id": draft.notice_id,
            "legal_entity_id": draft.legal_entity_id,
            "invoice_id": item.invoice_id,
            "instalment_no": item.instalment_no,
            "step": item.step,
            "currency": item.currency,
            "amount": format(item.amount, "f"),
            "is_void": False,
        }
        for item in draft.items
    ]


def _is_unique_violation(refused: IntegrityError) -> bool:
    sqlite_name = getattr(refused.orig, "sqlite_errorname", "")
    sqlstate = getattr(refused.orig, "sqlstate", "")
    return sqlstate == "23505" or sqlite_name in (
        "SQLITE_CONSTRAINT_UNIQUE",
        "SQLITE_CONSTRAINT_PRIMARYKEY",
    )


def _not_live(draft: Draft) -> WrongUse:
    return WrongUse(
        f"the outbox refused notice {draft.notice_id}: business day {draft.as_of_date}, drafted on "
        f"{draft.drafted_on}; only a live night drafts, at most 3 days after its day, and says why"
    )
