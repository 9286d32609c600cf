"""Evidence that the mail server took a letter: a copy in our own mailbox, or the log."""

from __future__ import annotations

import mailbox
import re
from collections.abc import Collection, Iterator
from email.parser import BytesHeaderParser
from email.policy import compat32
from pathlib import Path

from receivables.errors import WrongUse

_ID = re.compile(r"<[^<>\s]{1,250}>")
# Postfix tells the Message-ID and the fate of a letter on lines that share a queue id.
_QUEUE_ID = re.compile(r"\]: ([0-9A-Za-z]{6,20}): ")
_IS_SENT = re.compile(r"\bstatus=sent\b")


def accepted(path: Path, message_ids: Collection[str]) -> dict[str, str]:
    """Which of the letters were surely taken, by Message-ID, and what proves it.

    `path`: a maildir, a folder of .eml files, an mbox, or a relay's log as text. Only a message's
    own Message-ID counts, not one that it replies to or encloses; in a log only `status=sent`, on
    the same line or on one with the same queue id. Raises WrongUse if there is nothing to read.
    """
    if not path.exists():
        raise WrongUse(f"{path}: no such file or folder")
    if path.is_dir():
        return _copies(_folder(path), set(message_ids), path.name)
    with path.open("rb") as file:
        is_mbox = file.read(5) == b"From "
    if is_mbox:
        return _copies(_mbox(path), set(message_ids), path.name)
    return _logged(path, set(message_ids))


def _folder(path: Path) -> Iterator[bytes]:
    """The heads of a maildir's messages (read or not), or of a folder's .eml files."""
    is_maildir = (path / "cur").is_dir() and (path / "new").is_dir()
    files = [*path.glob("cur/*"), *path.glob("new/*")] if is_maildir else [*path.glob("*.eml")]
    if not is_maildir and not files:
        raise WrongUse(f"{path}: is no maildir, and has no .eml files")
    for file in sorted(files):
        yield file.read_bytes()


def _mbox(path: Path) -> Iterator[bytes]:
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.keys():  # noqa: SIM118  an mbox is no dictionary
            yield box.get_bytes(key)
    finally:
        box.close()


def _copies(messages: Iterator[bytes], message_ids: set[str], name: str) -> dict[str, str]:
    parser = BytesHeaderParser(policy=compat32)
    heads = (parser.parsebytes(message) for message in messages)
    found = {str(head.get("Message-ID", "")).strip() for head in heads}
    return {message_id: f"a copy is in {name}" for message_id in found & message_ids}


def _logged(path: Path, message_ids: set[str]) -> dict[str, str]:
    queued: dict[str, str] = {}
    found: dict[str, str] = {}
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            queue = _QUEUE_ID.search(line)
            named = message_ids.intersection(_ID.findall(line))
            if queue is not None and "message-id=" in line:
                queued[queue[1]] = min(named, default="")  # queue ids are used again
            elif queue is not None and queued.get(queue[1]):
                named.add(queued[queue[1]])
            if _IS_SENT.search(line):
                for message_id in named:
                    found.setdefault(message_id, f"status=sent in {path.name}, line {number}")
    return found
