"""What a relay's refusal is about: the address, the mailbox, the letter, ourselves, or the hour."""

from __future__ import annotations

import re
from enum import StrEnum


class Cause(StrEnum):
    """Whose fault a refusal is, and thereby who has to act."""

    ADDRESS = "address"
    MAILBOX = "mailbox"
    CONTENT = "content"
    OURS = "ours"
    LATER = "later"
    UNEXPLAINED = "unexplained"


# Reply codes of RFC 5321 and enhanced codes of RFC 3463, as `transport` keeps them; the first row
# that fits says the cause. A stage of None is any.
_RULES: tuple[tuple[str | None, str, Cause], ...] = (
    # stage | reply | cause
    ("mail", r"5\d\d.*", Cause.OURS),                      # the sender is refused
    (None, r"5\d\d 5\.7\.\d+", Cause.OURS),               # policy, authentication, reputation
    (None, r"5\d\d 5\.1\.[78]", Cause.OURS),              # the sender's address or domain
    (None, r"45[0-2] 4\.7\.[01]", Cause.LATER),           # what greylisting says
    (None, r"4\d\d 4\.7\.\d+", Cause.OURS),
    (None, r"... [45]\.2\.[12]", Cause.MAILBOX),          # disabled, full
    (None, r"5\d\d 5\.1\.(1|2|3|6|10)", Cause.ADDRESS),
    (None, r"5\d\d 5\.(2\.3|3\.4)", Cause.CONTENT),       # too large
    ("rcpt", r"55[013]( 5\.0\.0)?", Cause.ADDRESS),       # says no more than the bare code
    (None, r"552.*", Cause.CONTENT),
    (None, r"4.*", Cause.LATER),
)


def cause_of(stage: str, reply: str) -> Cause:
    """The cause of a refusal at a stage of the transaction, by its codes."""
    for at, pattern, cause in _RULES:
        if at in (None, stage) and re.fullmatch(pattern, reply):
            return cause
    return Cause.UNEXPLAINED


def is_about_us(reply: str) -> bool:
    """Whether a reply, at whatever stage, speaks of our reputation or our rights."""
    return cause_of("", reply) is Cause.OURS
