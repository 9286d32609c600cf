"""E-mail domains that are not plain ASCII, and whether somebody may be imitated by them."""

from __future__ import annotations

import unicodedata

import idna

from receivables.sql import Session

# Scripts whose letters are written for each other's: an `а` of Cyrillic passes for a Latin one.
LOOKALIKES = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})


def write_domain_table(sql: Session) -> None:
    """Make `email_domain` of the landed contacts: every domain that is not plain, and its kind."""
    sql.connection.execute("create table email_domain (domain varchar, kind varchar)")
    found = sql.connection.execute(
        "select distinct lower(split_part(email, '@', -1)) as domain from landed "
        "where regexp_matches(domain, '[^\\x00-\\x7f]|^xn--|\\.xn--')"
    ).fetchall()
    kinds = [(domain, kind(domain)) for (domain,) in found]
    if kinds:
        sql.connection.executemany("insert into email_domain values (?, ?)", kinds)


def kind(domain: str) -> str:
    """`international`, `lookalike` (letters of several scripts), or `unusable` (IDNA 2008)."""
    try:
        shown = idna.decode(idna.encode(domain, uts46=True))
    except idna.IDNAError:
        return "unusable"
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in shown if letter.isalpha()}
    return "lookalike" if len(scripts & LOOKALIKES) > 1 else "international"
