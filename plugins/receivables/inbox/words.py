"""The words of seven languages by which mails are told apart (`include/inbox/<language>.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from receivables.contract import INCLUDE
from receivables.errors import PolicyError
from receivables.yaml_text import read_yaml

INBOX = INCLUDE / "inbox"
LANGUAGES = ("pt", "de", "fr", "ru", "en", "es", "it")
# Of several that a reply seems to say, the first stands: it is the one that must not be missed.
REPLIES = ("dispute", "wrong_person", "needs_copy", "promise", "paid")
KEYS = {
    "reply": set(REPLIES) | {"not_meant"}, "auto_reply": {"subject", "left", "away"},
    "quotation": {"line", "heading"},
}


@dataclass(frozen=True, slots=True)
class Words:
    """One language's phrases, by what they are for; of a quotation's lines, patterns."""

    language: str
    phrases: Mapping[str, re.Pattern[str]]
    subjects: tuple[str, ...]
    quotation_line: re.Pattern[str]
    heading: str


@cache
def load_words(folder: Path = INBOX) -> tuple[Words, ...]:
    """The words of every language.

    Raises PolicyError with every fault of the files.
    """
    faults: list[str] = []
    words = []
    for language in LANGUAGES:
        file = folder / f"{language}.yaml"
        try:
            raw = read_yaml(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as broken:
            faults.append(f"{file}: {type(broken).__name__}: write it in YAML and UTF-8")
            continue
        if found := [f"{file}: {fault}" for fault in _faults(raw)]:
            faults += found
        else:
            words.append(_words(language, raw))
    if faults:
        raise PolicyError("\n".join(faults))
    return tuple(words)


def plain(text: str) -> str:
    """Text in small letters with single blanks and straight apostrophes, as phrases are sought."""
    return " ".join(text.casefold().replace("’", "'").split())


def _faults(raw: Any) -> list[str]:
    if not isinstance(raw, dict) or set(raw) != set(KEYS):
        return [f"must say {', '.join(KEYS)}"]
    faults = []
    for part, keys in KEYS.items():
        body = raw[part]
        if not isinstance(body, dict) or set(body) != keys:
            faults.append(f"{part}: must say {', '.join(sorted(keys))}")
            continue
        faults += [
            f"{part}.{key}: must be a list of phrases" for key, value in body.items()
            if part != "quotation" and not (
                isinstance(value, list) and value
                and all(isinstance(phrase, str) and phrase.strip() for phrase in value)
            )
        ]
    return faults


def _words(language: str, raw: Mapping[str, Any]) -> Words:
    phrases = {**raw["reply"], **{key: raw["auto_reply"][key] for key in ("left", "away")}}
    return Words(
        language=language,
        phrases={name: _any_of(listed) for name, listed in phrases.items()},
        subjects=tuple(map(plain, raw["auto_reply"]["subject"])),
        quotation_line=re.compile(str(raw["quotation"]["line"]), re.IGNORECASE),
        heading=str(raw["quotation"]["heading"]),
    )


def _any_of(phrases: list[str]) -> re.Pattern[str]:
    """Whole words; the longest first."""
    longest_first = sorted((plain(phrase) for phrase in phrases), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
