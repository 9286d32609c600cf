"""The reasons of decisions (`include/policies/reasons.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from receivables.contract import INCLUDE
from receivables.errors import PolicyError
from receivables.yaml_text import read_yaml

REASONS = INCLUDE / "policies" / "reasons.yaml"
OUTCOMES = ("selected", "waiting", "blocked", "not_due", "review")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item is, or is not, written about; the text is a pattern.

    `explains_silence`: an item with this reason does not sleep, however long nobody speaks of it.
    `hold_reasons`: the reasons of holds, in small letters, that mean this and no common hold.
    """

    reason_code: str
    outcome: str
    text: str
    explains_silence: bool = False
    hold_reasons: tuple[str, ...] = ()


@cache
def load_reasons() -> tuple[Reason, ...]:
    """Every reason code with its outcome and its words."""
    raw = read_yaml(REASONS.read_text(encoding="utf-8"))
    reasons = tuple(
        Reason(
            code, body["outcome"], body["text"], body.get("explains_silence", False),
            tuple(body.get("hold_reasons", ())),
        )
        for code, body in raw.items()
    )
    for reason in reasons:
        if reason.outcome not in OUTCOMES:
            raise PolicyError(f"reasons.yaml: {reason.reason_code}: unknown {reason.outcome!r}")
    return reasons
