"""What publishing a night came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PublishReport:
    """The outcome of one legal entity's night.

    `status`: published, flagged (a breaker tripped: nothing drafted) or restated (kept beside the
    official night). `drafted_before` are in the outbox since an earlier run of the same night,
    `refused` could not be written or sent, `withdrawn` are letters of earlier nights that this
    one would not write any more. `not_drafted_because` is empty where notices were drafted.
    `uncopied` go without the copy that the policy wants: the salesperson's address is none.
    `in_another_language`: in English, for nobody has written them in the customer's.
    """

    as_of_date: date
    legal_entity_id: str
    status: str
    is_unchanged: bool
    output_hash: str
    notices: int
    drafted: int
    drafted_before: int
    refused: int
    withdrawn: int
    not_drafted_because: str
    uncopied: int = 0
    in_another_language: int = 0

    @property
    def sentence(self) -> str:
        """What became of the notices, in words."""
        if self.not_drafted_because:
            drafted = f"none drafted ({self.not_drafted_because})"
        else:
            drafted = f"{self.drafted} drafted, {self.drafted_before} drafted before"
        refused = f", {self.refused} refused" if self.refused else ""
        refused += f", {self.uncopied} without a salesperson to copy" if self.uncopied else ""
        if self.in_another_language:
            refused += f", {self.in_another_language} in English, not the customer's language"
        withdrawn = f", {self.withdrawn} waiting ones withdrawn" if self.withdrawn else ""
        return f"{self.legal_entity_id}: {self.notices} notices, {drafted}{refused}{withdrawn}"
