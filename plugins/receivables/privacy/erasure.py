"""Erasure: the same nights, decisions and amounts, and nobody in them who was erased.

What was landed and decided stays append-only but for this: the columns that say who a person is,
or how to reach one, are overwritten with a fixed text, in the landing and in every night, and both
say so. A night that is rebuilt from the landing is equal to the published one, after it as before.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime

from receivables.connections import Resolver, resolved_url
from receivables.dispatch.kept_letter import OVER_STATES, KeptLetters
from receivables.errors import WrongUse
from receivables.inbox.arrival import forget_mails
from receivables.inbox.read import inbox_folder
from receivables.lake import Lake
from receivables.privacy.erasure_register import register_erasure
from receivables.privacy.overwritten import overwrite_landing, overwrite_nights
from receivables.privacy.person import Person
from receivables.privacy.purge import remove_letters
from receivables.settings import Settings
from receivables.sql import session


@dataclass(frozen=True, slots=True)
class ErasureReport:
    """What was overwritten or removed; `is_still_in_source`: the ERP gave the person the last time,
    so the next extract brings them back unless they are erased there, too.
    """

    landed_files: int
    nights: int
    letters: int
    is_still_in_source: bool


def erase(
    settings: Settings,
    person: Person,
    *,
    by: str,
    because: str,
    although: str | None,
    resolve: Resolver,
    now: datetime,
    progress: Callable[[str], None],
) -> ErasureReport:
    """Erase a person, and register who asked for it and why; doing it again finishes it.

    Raises WrongUse while their customer owes anything and nobody says why all the same
    (`although`), or while a letter to them is not over.
    """
    lake = Lake(settings.home)
    _refuse_pursued(settings, lake, person, although)
    with closing(KeptLetters(resolved_url(settings.outbox_url, resolve))) as outbox:
        letters = outbox.to(person.addresses, legal_entity_id=person.legal_entity_id)
        waiting = [letter.notice_id for letter in letters if letter.state not in OVER_STATES]
        if waiting:
            raise WrongUse("letters to this person are not over: " + ", ".join(waiting) + "; "
                           "withdraw or review them first (`receivables status`)")
        source = settings.source_of(person.legal_entity_id).name
        files, is_still_in_source = overwrite_landing(lake, source, person)
        progress(f"landing: {files} files overwritten")
        nights = overwrite_nights(lake, person)
        progress(f"nights: {nights} overwritten")
        own = [letter.notice_id for letter in letters
               if letter.recipient.lower() in person.addresses]
        removed = remove_letters(settings, outbox, own, because="erasure", now=now)
        outbox.forget_suppressions(person.addresses)
        progress(f"letters: {removed} without text")
    mails = forget_mails(inbox_folder(settings), person.addresses)
    progress(f"inbox: {mails} mails removed")
    report = ErasureReport(files, nights, removed, is_still_in_source)
    register_erasure(lake, {
        "erased_at": now.isoformat(), "by": by, "because": because, "although": although,
        "legal_entity_id": person.legal_entity_id, "contact_ids": list(person.contact_ids),
        "salesperson_of": list(person.sells_to), **asdict(report),
    })
    return report


def _refuse_pursued(
    settings: Settings, lake: Lake, person: Person, although: str | None
) -> None:
    """Claims that are pursued go before an erasure (GDPR art. 17(3)(e))."""
    newest = lake.newest_official(person.legal_entity_id)
    if newest is None or although:
        return
    with session(lake.scratch) as sql:
        sql.read("open_item", newest.file("open_item"))
        [row] = sql.rows("privacy/open_item", customer_ids=list(person.customer_ids))
    if row["items"]:
        raise WrongUse(
            f"customer {', '.join(person.customer_ids)} owes on {row['items']} items, night of "
            f"{newest.as_of_date}: a person's data may be kept while claims are pursued (GDPR art. "
            "17(3)(e)). Let the contact rest in the ERP (is_active: false), and erase when all is "
            "paid; or say why all the same with --force-reason"
        )
