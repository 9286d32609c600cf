"""What a person who answered seems to say: a hint for whoever reads it, never a fact."""

from __future__ import annotations

import re

from receivables.inbox.words import REPLIES, load_words, plain

LINE_LENGTH_MAX = 500
LINES_MAX = 400
_RULER = re.compile(r"^\s*(_{10,}|-{2,}\s?.{0,40}\s?-{2,})\s*$")
_SIGNATURE = re.compile(r"^-- ?$")


def own_words(text: str) -> str:
    """What stands above the first quotation or signature of a mail."""
    lines = [line[:LINE_LENGTH_MAX] for line in text.split("\n")[:LINES_MAX]]
    kept = []
    for number, line in enumerate(lines):
        if _SIGNATURE.match(line) or _begins_quotation(lines[number:number + 4]):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip()


def classify_reply(text: str) -> tuple[str, str]:
    """What a reply seems to say, and by which rule: the first of REPLIES of which a phrase occurs
    in any language, phrases that deny it struck out; else other.
    """
    said = plain(own_words(text))
    found = {}
    for words in load_words():
        meant = words.phrases["not_meant"].sub(" … ", said)
        for name in REPLIES:
            if words.phrases[name].search(meant):
                found.setdefault(name, f"words:{words.language}")
    first = next((name for name in REPLIES if name in found), None)
    return ("other", "no words known") if first is None else (first, found[first])


def _begins_quotation(lines: list[str]) -> bool:
    """A ruler, "On … wrote:" in one line or two, or the heading that Outlook puts above."""
    one, two = lines[0].strip(), " ".join(line.strip() for line in lines[:2])
    if _RULER.match(one):
        return True
    for words in load_words():
        if words.quotation_line.match(one) or words.quotation_line.match(two):
            return True
        if one.casefold().startswith(words.heading.casefold()) and len(lines) > 2:
            following = [line.strip() for line in lines[1:] if line.strip()]
            if following and all(re.match(r"[^\s:]{1,20}(\s[^\s:]{1,20})?\s?:", line)
                                 for line in following[:2]):
                return True
    return False
