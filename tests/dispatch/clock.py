"""A clock that moves when somebody waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class Clock:
    now_is: datetime

    def now(self) -> datetime:
        return self.now_is

    def pause(self, seconds: float) -> None:
        self.now_is += timedelta(seconds=seconds)
