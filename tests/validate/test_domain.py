"""E-mail domains beyond ASCII: whose they are, as far as their letters say."""

from __future__ import annotations

import pytest
from receivables.validate.domain import kind

DOMAINS = [
    # domain                    | kind             | because
    ("müller.example", "international", "Latin letters, one with dots"),
    ("xn--mller-kva.example", "international", "the same in ASCII"),
    ("почта.рф", "international", "Cyrillic throughout"),
    ("xn--80a1acny.xn--p1ai", "international", "the same in ASCII"),
    ("例え.テスト", "international", "no script of these passes for Latin"),
    ("例え.jp", "international", "nor does it beside Latin"),
    ("p\u0430ypal.com", "lookalike", "one Cyrillic letter among Latin ones"),
    ("αpple.example", "lookalike", "one Greek letter among Latin ones"),
    ("\u0430\u0440\u0440\u04cf\u0435.com", "lookalike",
     "all Cyrillic under a Latin top-level domain, which reads as Latin"),
    ("pаypal.рф", "lookalike", "Latin letters under a Cyrillic top-level domain"),
    ("a\u202eb.example", "unusable", "a direction character"),
    ("xn--a.example", "unusable", "no Punycode"),
    ("☃.example", "unusable", "IDNA 2008 has no symbols"),
    ("ü" * 64 + ".example", "unusable", "a label of more than 63 characters"),
    ("..ü", "unusable", "empty labels"),
    ("", "unusable", "no domain at all"),
]


@pytest.mark.parametrize("domain, expected, because", DOMAINS, ids=[row[2] for row in DOMAINS])
def test_the_kind_of_a_domain(domain: str, expected: str, because: str) -> None:
    assert kind(domain) == expected, because
