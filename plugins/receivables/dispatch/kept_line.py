"""The line to the relay, kept over many letters, and opened again where it is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from receivables.dispatch.relay import Relay
from receivables.dispatch.transport import Line, connect
from receivables.errors import SettingsError, TransientError

LOST_LINES_MAX = 3
PAUSES_AFTER_A_LOST_LINE = (1.0, 5.0)


@dataclass(slots=True)
class KeptLine:
    """`given_up_because` is why there will be no line any more in this run."""

    relay: Relay
    pause: Callable[[float], None]
    line: Line | None = None
    lost_in_a_row: int = 0
    given_up_because: str | None = None

    @property
    def is_open(self) -> bool:
        return self.line is not None and self.line.is_open

    def open(self) -> Line | None:
        """The line; None if there is none just now, or none at all."""
        if self.is_open:
            return self.line
        try:
            self.line = connect(self.relay)
            return self.line
        except SettingsError as refused:
            self.given_up_because = str(refused)
        except TransientError as lost:
            self.lose(str(lost))
        return None

    def lose(self, what: str) -> None:
        """Hang up and wait a little; after three in a row, give up."""
        self.hang_up()
        self.line = None
        self.lost_in_a_row += 1
        if self.lost_in_a_row >= LOST_LINES_MAX:
            self.given_up_because = (
                f"{self.lost_in_a_row} connection failures in a row; last: {what}"
            )
        else:
            self.pause(PAUSES_AFTER_A_LOST_LINE[self.lost_in_a_row - 1])

    def hang_up(self) -> None:
        """Without a word: a letter without its final dot is no letter."""
        if self.line is not None:
            self.line.drop()

    def take_leave(self) -> None:
        """As the protocol wants it."""
        if self.line is not None:
            self.line.close()
