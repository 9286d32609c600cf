"""What a run of the dispatcher tells about itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchReport:
    """What a run of the dispatcher did. `left` waits for a later run; `stopped_because` is why
    this one did not finish, and then somebody should look.
    """

    sent: int
    unknown: int
    failed: int
    put_off: int
    withdrawn: int
    expired: int
    swept: int
    left: int
    stopped_because: str | None
