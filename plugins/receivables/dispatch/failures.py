"""When so many letters are refused for good that the fault is not one letter's."""

from __future__ import annotations

from dataclasses import dataclass

BODIES_IN_A_ROW_MAX, IN_A_ROW_MAX = 3, 5
FIRST, OF_FIRST_MAX = 50, 5


@dataclass(slots=True)
class Failures:
    """The letters that one run had refused for good."""

    letters: int = 0
    total: int = 0
    in_a_row: int = 0
    bodies_in_a_row: int = 0

    def count(self, *, has_failed: bool, is_whole_letter: bool) -> str | None:
        """Count a letter that the relay answered; why the queue has to stop, if it has to.

        `is_whole_letter`: refused after it was handed over whole, not for its recipient.
        """
        self.letters += 1
        self.total += has_failed
        self.in_a_row = self.in_a_row + 1 if has_failed else 0
        self.bodies_in_a_row = self.bodies_in_a_row + 1 if has_failed and is_whole_letter else 0
        if self.bodies_in_a_row > BODIES_IN_A_ROW_MAX:
            return f"{self.bodies_in_a_row} letters in a row were refused as a whole"
        if self.in_a_row > IN_A_ROW_MAX:
            return f"{self.in_a_row} letters in a row were refused"
        if self.letters <= FIRST and self.total > OF_FIRST_MAX:
            return f"{self.total} of the first {FIRST} letters were refused, more than a tenth"
        return None
