"""Addresses of our own that say what comes back to them: a customer's case, or one notice.

Each bears a short keyed code, so that nobody can make one up who was never written to, and nothing
of the customer: `ar+c.<case>.<code>@…` for replies, `bounce+<notice>.<code>@…` for bounces.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re

# 80 bits, in small letters and digits: some mail servers write addresses in small letters.
CODE_OCTETS = 10
_CASE = re.compile(r"\+c\.([0-9a-f]{8})\.([a-z2-7]{16})@")
_NOTICE = re.compile(r"\+([0-9a-f]{32})\.([a-z2-7]{16})@")
# What the two kinds add to the part before the @.
CASE_LENGTH, NOTICE_LENGTH = len("+c..") + 8 + 16, len("+.") + 32 + 16


def case_reference(legal_entity_id: str, customer_id: str) -> str:
    """What a customer's letters of one legal entity are filed under; it tells nothing of whom."""
    digest = hashlib.sha256(f"{legal_entity_id}\x1f{customer_id}".encode()).hexdigest()
    return f"AR-{digest[:8].upper()}"


def reply_address(
    replies: str, secret: bytes, *, legal_entity_id: str, customer_id: str
) -> str:
    """Where a customer's replies go: the same for all its letters, as address books want it."""
    case = case_reference(legal_entity_id, customer_id).removeprefix("AR-").lower()
    code = _code(secret, "case", legal_entity_id, customer_id)
    return _tagged(replies, f"c.{case}.{code}")


def bounce_address(bounces: str, secret: bytes, *, notice_id: str) -> str:
    """Where the mail servers send what they cannot deliver of a notice: its envelope sender."""
    return _tagged(bounces, f"{notice_id}.{_code(secret, 'notice', notice_id)}")


def notice_of(text: str, secret: bytes) -> str | None:
    """The notice whose own bounce address stands in a text."""
    for notice_id, code in _NOTICE.findall(text.lower()):
        if hmac.compare_digest(code, _code(secret, "notice", notice_id)):
            return str(notice_id)
    return None


def cases_in(text: str) -> list[tuple[str, str]]:
    """The case references in the reply addresses of a text, each with its code, unproved."""
    return [(f"AR-{case.upper()}", code) for case, code in _CASE.findall(text.lower())]


def is_of_customer(
    code: str, secret: bytes, *, legal_entity_id: str, customer_id: str
) -> bool:
    """Whether the code of a reply address is this very customer's: references may coincide."""
    return hmac.compare_digest(code, _code(secret, "case", legal_entity_id, customer_id))


def _tagged(address: str, tag: str) -> str:
    local_part, _, domain = address.rpartition("@")
    return f"{local_part}+{tag}@{domain}"


def _code(secret: bytes, *what: str) -> str:
    """What it is for stands in it, so that no code passes for another, nor for a Message-ID."""
    key = json.dumps(["receivables inbox", *what]).encode()
    digest = hmac.new(secret, key, hashlib.sha256).digest()[:CODE_OCTETS]
    return base64.b32encode(digest).decode().lower()
