"""What became of a letter on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """How far a letter came."""

    ACCEPTED = "accepted"
    REFUSED_TEMPORARY = "refused_temporary"
    REFUSED_PERMANENT = "refused_permanent"
    LOST_BEFORE_DOT = "connection_lost_before_dot"
    NOT_ARMED = "not_armed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a letter, at which stage, and the codes (never the words) of the replies;
    `refused_copies` are those that did not go, by their names."""

    outcome: Outcome
    stage: str
    reply: str
    refused_copies: Mapping[str, str] = field(default_factory=dict)

    @property
    def closes_the_line(self) -> bool:
        """Whether the relay hung up, or said that it is about to."""
        lost = (Outcome.LOST_BEFORE_DOT, Outcome.UNKNOWN)
        return self.outcome in lost or self.reply.startswith("421")
