"""The channels of a step (`include/policies/channels.yaml`): who takes it, and when it was."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from receivables.contract import INCLUDE
from receivables.yaml_text import read_yaml

CHANNELS = INCLUDE / "policies" / "channels.yaml"


@dataclass(frozen=True, slots=True)
class Channel:
    """How a step is taken: by dispatch, by a person (each day until a `contact_event` on one of
    `contact_event_channels` says so; empty: on any), or by one decision of a person.

    `reason_code`: that of an item for which the step is due, unless dispatch takes it.
    """

    channel: str
    taken_by: str
    contact_event_channels: tuple[str, ...]
    reason_code: str | None


@cache
def load_channels() -> dict[str, Channel]:
    """Every channel that a policy may name."""
    raw = read_yaml(CHANNELS.read_text(encoding="utf-8"))
    return {
        name: Channel(
            name, body["taken_by"], tuple(body.get("contact_event_channels", ())),
            body.get("reason_code"),
        )
        for name, body in raw.items()
    }
