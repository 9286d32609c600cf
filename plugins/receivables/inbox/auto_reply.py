"""Automatic answers (RFC 3834): who is away, who has left, and what is sent by a machine anyway."""

from __future__ import annotations

import re
from datetime import date

from receivables.inbox.message import IncomingMail
from receivables.inbox.reply import own_words
from receivables.inbox.words import load_words, plain

PRECEDENCES = ("bulk", "junk", "list", "auto_reply")
HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")
_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b|\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")


def auto_reply_rule(incoming: IncomingMail) -> str | None:
    """By what a mail tells that a machine sent it; None if nothing does."""
    submitted = incoming.header("Auto-Submitted").strip().lower()
    if submitted and not submitted.startswith("no"):
        return "Auto-Submitted"
    if incoming.header("Precedence").strip().lower() in PRECEDENCES:
        return "Precedence"
    if any(incoming.header(name) for name in HEADERS):
        return "X-Autoreply"
    subject = plain(incoming.subject)
    for words in load_words():
        if subject.startswith(words.subjects):
            return f"subject:{words.language}"
    return None


def classify_auto_reply(incoming: IncomingMail, *, today: date) -> tuple[str, date | None]:
    """Whether somebody has left or is away, until when if it says so plainly; else other."""
    said = f"{plain(incoming.subject)} {plain(own_words(incoming.text))}"
    for name in ("left", "away"):
        if any(words.phrases[name].search(said) for words in load_words()):
            return name, _until(said, today) if name == "away" else None
    return "other", None


def _until(said: str, today: date) -> date | None:
    """The last day to come that is written so that it can mean one day only."""
    days = []
    for year, month, day, first, second, last in _DAY.findall(said):
        numbers = map(int, (year, month, day) if year else (last, second, first))
        is_plain = bool(year) or f"{first}.{second}." in said or int(first) > 12
        try:
            found = date(*numbers)
        except ValueError:
            continue
        if is_plain and found > today:
            days.append(found)
    return max(days, default=None)
