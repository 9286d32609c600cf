"""What publishing a night came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PublishReport:
    """The outcome of one legal entity's night.

    `status`: published, flagged (a breaker tripped: nothing drafted) or restated (kept beside the
    official night). `not_drafted_because` is empty where notices were drafted.
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
    not_drafted_because: str
