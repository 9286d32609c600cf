"""What a run of the dispatcher tells about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchReport:
    """What a run of the dispatcher did. `left` waits for a later run; `stopped_because` is why
    this one did not finish, and then somebody should look. `overdue`: by legal entity, the letters
    that it put off to another day although they had had a whole send window.
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
    overdue: Mapping[str, int] = field(default_factory=dict)

    @property
    def alarm(self) -> str | None:
        """What a person has to hear of the run, with counts only; None if all is well."""
        said = [] if self.stopped_because is None else [self.stopped_because]
        if self.overdue:
            counts = ", ".join(f"{name} {count}" for name, count in sorted(self.overdue.items()))
            said.append(f"letters that should have left by the end of their send hours: {counts}; "
                        "they wait for the next day, or expire")
        return "; ".join(said) or None
