"""Review: letters whose fate nobody knows, until a person says what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from receivables.connections import Resolver, resolved_url
from receivables.dispatch.journal import FILE_NAME, Journal
from receivables.dispatch.review import Review, UnknownLetter
from receivables.errors import SettingsError, WrongUse
from receivables.publish import NOTICES_REMEMBERED, refresh_notices
from receivables.review.evidence import accepted
from receivables.settings import Settings


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who says it, where, and when."""

    settings: Settings
    resolve: Resolver
    by: str
    now: datetime

    @contextmanager
    def _reviewing(self) -> Iterator[Review]:
        url = resolved_url(self.settings.outbox_url, self.resolve)
        with closing(Review(url)) as review:
            yield review

    def _tell_the_warehouse(self) -> None:
        refresh_notices(
            self.settings, self.resolve, since=self.now.date() - NOTICES_REMEMBERED
        )

    def unknown(self) -> list[UnknownLetter]:
        """The letters whose fate nobody knows, oldest first."""
        with self._reviewing() as review:
            return review.unknown()

    def match(self, path: Path, *, is_applied: bool) -> dict[str, str]:
        """The unknown letters that surely went, by notice, with the evidence; marked sent if
        `is_applied`."""
        with self._reviewing() as review:
            letters = {letter.message_id: letter.notice_id for letter in review.unknown()}
            evidence = {
                letters[message_id]: proof
                for message_id, proof in accepted(path, letters).items()
            }
            if is_applied:
                for notice_id, proof in evidence.items():
                    review.settle_sent(notice_id, because=self._said("sent", proof), now=self.now)
        if is_applied:
            self._tell_the_warehouse()
        return evidence

    def mark_sent(self, notice_id: str, *, because: str) -> None:
        """Record that a letter went; raises WrongUse if its fate is known."""
        with self._reviewing() as review:
            self._expect(notice_id, review.settle_sent(
                notice_id, because=self._said("sent", because), now=self.now))
        self._tell_the_warehouse()

    def resend(self, notice_id: str, *, until: datetime, because: str) -> None:
        """Send a letter once more, as it was; raises WrongUse if its fate is known."""
        with self._reviewing() as review:
            self._expect(notice_id, review.resend(
                notice_id, until=until, because=self._said("to be resent", because), now=self.now))
        self._tell_the_warehouse()

    def cancel(self, notice_id: str, *, because: str) -> None:
        """Record that a letter did not go and shall not; raises WrongUse if its fate is known."""
        with self._reviewing() as review:
            self._expect(notice_id, review.cancel(
                notice_id, because=self._said("cancelled", because), now=self.now))
        self._tell_the_warehouse()

    def restore(self, *, because: str) -> dict[str, int]:
        """Bring outbox and journal together: what only the journal knows becomes unknown in the
        outbox; without a journal, one is begun with what the outbox knows."""
        journal = Journal(self.settings.home / FILE_NAME)
        with self._reviewing() as review:
            try:
                lost = journal.lost(review)
            except SettingsError:
                if journal.armings():
                    raise
                return {"entries written to the journal": _begin(journal, review)}
            said = self._said("restored from the journal", because)
            restored = review.restore(lost, because=said, now=self.now)
        self._tell_the_warehouse()
        return {"letters recorded as unknown": restored}

    def _said(self, what: str, because: str) -> str:
        if not because.strip():
            raise WrongUse("--because: say why; nothing was done")
        return f"{what}, says {self.by}: {because}"

    def _expect(self, notice_id: str, is_done: bool) -> None:
        if not is_done:
            raise WrongUse(
                f"{notice_id}: is no letter whose fate is unknown, see `receivables review list`; "
                "nothing was done"
            )


def _begin(journal: Journal, review: Review) -> int:
    armings = sorted(review.armed_at(), key=lambda key: (key[1], key[0]))
    for notice_id, armed_at in armings:
        journal.append(review.arming(notice_id, armed_at))
    return len(armings)
