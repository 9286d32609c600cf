"""E-mail addresses: one, plain, and fit for an envelope, or refused."""

from __future__ import annotations

import re

import idna

from receivables.errors import DataError

_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")
LOCAL_PART_LENGTH_MAX, LABEL_LENGTH_MAX, ADDRESS_LENGTH_MAX = 64, 63, 254


def mailbox(address: str, *, owner: str) -> str:
    """The one address in `address`, its domain in ASCII (IDNA 2008), ready for an envelope.

    Raises DataError that names the owner (such as `contact C-17`), never the address: it is
    personal data, and what is wrong with it may be an attack on whoever reads the log.
    """
    local_part, at, domain = address.rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local_part):
        raise _unusable(owner, "is not one plain name@domain with an ASCII name")
    if len(local_part) > LOCAL_PART_LENGTH_MAX:
        raise _unusable(owner, f"has more than {LOCAL_PART_LENGTH_MAX} characters before the @")
    try:
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise _unusable(owner, "has a domain that no name server could know") from None
    labels = ascii_domain.split(".")
    if len(labels) < 2 or not all(_is_label(label) for label in labels):
        raise _unusable(owner, "has a domain that no name server could know")
    if labels[-1].isdigit():
        raise _unusable(owner, "has a number where the domain should be")
    if len(local_part) + 1 + len(ascii_domain) > ADDRESS_LENGTH_MAX:
        raise _unusable(owner, f"is longer than {ADDRESS_LENGTH_MAX} characters")
    return f"{local_part}@{ascii_domain.lower()}"


def _is_label(label: str) -> bool:
    return len(label) <= LABEL_LENGTH_MAX and _LABEL.fullmatch(label) is not None


def _unusable(owner: str, what: str) -> DataError:
    return DataError(f"{owner}: the e-mail address {what}; correct it in the source")
