"""The wording of letters (`include/templates`): read from the repository, and from nowhere else.

Values from an ERP only ever enter as variables; what they look like is never read as a template.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from babel import Locale, UnknownLocaleError
from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from receivables.contract import INCLUDE
from receivables.errors import PolicyError
from receivables.yaml_text import read_yaml

TEMPLATES = INCLUDE / "templates"
STEPS = ("pre_due_notice", "reminder_1", "reminder_2", "demand", "final_demand")
LANGUAGES = ("pt", "de", "fr", "ru", "en", "es", "it")
FALLBACK_LANGUAGE = "en"
LABELS = (
    "language", "locale", "date_format", "is_code_first", "colon", "greeting", "greeting_named",
    "reference", "customer", "as_of", "caption", "invoice", "issue_date", "due_date",
    "days_past_due", "days", "not_due", "interest_on", "paid_late", "original_amount",
    "open_amount", "interest", "fixed_fee", "fine", "not_included", "credit", "total",
    "including", "paid_late_opening", "paid_late_note", "interest_note", "statement_note",
    "on_request", "unconfirmed", "pay_to", "bank_unchanged", "already_paid", "questions",
    "wrong_contact", "regards", "statement", "statement_of", "in_total", "not_in_total",
    "segment_from", "segment_until", "segment_days", "segment_base", "segment_rate",
    "segment_interest", "sum", "legal_basis", "automatic", "automatic_on_paper",
    "questions_by_post", "payment_reference", "payment_code", "page_of", "letter_file",
    "commitment_letter_file", "terms_interest", "terms_fixed_fee", "terms_fine", "offer",
    "offer_waives", "offer_terms", "attached_commitment_letter",
)
WORDING = ("subject", "opening", "closing")
# What our sentences may ask for; anything else would stop a night at its first letter.
WORDING_VARIABLES = frozenset({
    "as_of_date", "pay_by", "total", "totals_count", "count", "invoices", "including",
})
LABEL_VARIABLES = WORDING_VARIABLES | {
    "paid_late_count", "claimed", "told", "unexplained", "plural", "days", "recipient", "contact",
    "invoice", "due_date", "currency", "amount", "rate", "from_date", "is_earliest", "is_floating",
    "is_compounded", "valid_until", "payment_reference",
}
LAYOUTS = ("layout/letter.txt.j2", "layout/letter.html.j2")
PAPER_LAYOUTS = (
    "layout/letter.typ", "layout/payment_code.typ", "layout/commitment_letter.typ",
)
TEXT_WIDTH = 76
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
# Joiners that some scripts cannot be written without; every other invisible character is dropped.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a step says in a language: a subject and the paragraphs around the table."""

    subject: str
    opening: tuple[str, ...]
    closing: tuple[str, ...]


def clean(value: str, length_max: int) -> str:
    """Text from outside on one line: no control, formatting or direction characters, no excess."""
    kept = "".join(_visible(character) for character in value[: 4 * length_max])
    text = " ".join(kept.split())
    return text if len(text) <= length_max else text[: length_max - 1].rstrip() + "…"


def shown(value: str, length_max: int) -> str:
    """Text from outside as a letter shows it: clean, and closed off if it runs from right to left.

    Without that, the amounts and numbers beside a Hebrew or Arabic name would change places.
    """
    text = clean(value, length_max)
    if all(unicodedata.bidirectional(character) not in ("R", "AL", "AN") for character in text):
        return text
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Zl", "Zp") or character in "\t\n\r\v\f":
        return " "
    return "" if category.startswith("C") and character not in _JOINERS else character


def language_of(tag: str) -> str:
    """The language of ours that serves a BCP 47 tag: its base language, else English."""
    base = tag.replace("_", "-").split("-")[0].lower()
    return base if base in LANGUAGES else FALLBACK_LANGUAGE


def locale_of(tag: str) -> Locale:
    """How the reader writes numbers and dates: by the whole tag if known, else by language."""
    language = language_of(tag)
    default = Locale.parse(labels(language)["locale"])
    try:
        locale = Locale.parse(tag.replace("_", "-"), sep="-")
    except (ValueError, TypeError, UnknownLocaleError):
        return default
    return locale if locale.language == language and locale.territory else default


def wrapped(text: str, width: int = TEXT_WIDTH) -> str:
    """A paragraph in lines that a plain mail shows whole; amounts and numbers stay together."""
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    is_open = False  # an isolate ends with its line, so the rest of a long name needs its own
    for number, line in enumerate(lines):
        line = FIRST_STRONG_ISOLATE + line if is_open else line
        is_open = line.rfind(FIRST_STRONG_ISOLATE) > line.rfind(POP_ISOLATE)
        lines[number] = line + POP_ISOLATE if is_open else line
    return "\n".join(lines)


def _is_html(template_name: str | None) -> bool:
    return template_name is not None and ".html" in template_name


@cache
def environment(root: Path = TEMPLATES) -> ImmutableSandboxedEnvironment:
    """The sandbox: HTML escapes by itself, an unknown variable is an error."""
    sandbox = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(root),
        autoescape=_is_html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    sandbox.filters["wrapped"] = wrapped
    return sandbox


def rendered(source: str, values: dict[str, Any]) -> str:
    """A sentence of ours with values in it, as plain text (escaped later, where it is HTML)."""
    return _compiled(source).render(values).strip()


@cache
def _compiled(source: str) -> Template:
    return environment().from_string(source)


@cache
def labels(language: str, root: Path = TEMPLATES) -> dict[str, Any]:
    """The words that every letter in a language shares."""
    return read_words(root / "labels" / f"{language}.yaml")


@cache
def wording(step: str, language: str, root: Path = TEMPLATES) -> Wording:
    """The words of a step in a language.

    Raises PolicyError if there is no letter for the step: a person takes it, or nobody does.
    """
    if step not in STEPS or language not in LANGUAGES:
        raise PolicyError(f"no letter is written for step {step!r} in language {language!r}")
    raw = read_words(root / step / language / "wording.yaml")
    return Wording(raw["subject"], tuple(raw["opening"]), tuple(raw["closing"]))


def template_faults(steps: Iterable[str], root: Path = TEMPLATES) -> list[str]:
    """What stands in the way of writing letters for these steps, in every language: all of it."""
    named = tuple(steps)
    faults = [
        f"step {step}: no letter is written for it; there are {', '.join(STEPS)}"
        for step in named if step not in STEPS
    ]
    labels_ask = dict.fromkeys(LABELS, LABEL_VARIABLES)
    wordings_ask = dict.fromkeys(WORDING, WORDING_VARIABLES)
    for language in LANGUAGES:
        faults += word_faults(root / "labels" / f"{language}.yaml", labels_ask)
    for step in STEPS:
        for language in LANGUAGES if step in named else ():
            file = root / step / language / "wording.yaml"
            faults += word_faults(file, wordings_ask)
    layouts = [root / layout for layout in (*LAYOUTS, *PAPER_LAYOUTS)]
    missing = [layout for layout in layouts if not layout.is_file()]
    return faults + [f"{file}: is missing; write it" for file in missing]


def word_faults(file: Path, sentences: Mapping[str, frozenset[str]]) -> list[str]:
    """What is wrong with a file of sentences: each key must be there, and ask for no more than it
    can have.
    """
    try:
        raw = read_words(file)
    except PolicyError as fault:
        return [str(fault)]
    faults = [
        f"{file}: {key} is missing; write it" for key in sentences if raw.get(key) in (None, "")
    ]
    faults += [f"{file}: {key} is unknown; remove it" for key in raw if key not in sentences]
    for key, value in raw.items():
        for source in value if isinstance(value, list) else [str(value)]:
            said = _sentence_faults(str(source), sentences.get(key, frozenset()))
            faults += [f"{file}: {key} {fault}" for fault in said]
    return faults


@cache
def _sentence_faults(source: str, variables: frozenset[str]) -> tuple[str, ...]:
    try:
        asked = find_undeclared_variables(environment().parse(source))
    except TemplateError as broken:
        return (f"is no valid template: {broken}",)
    known = ", ".join(sorted(variables))
    return tuple(
        f"asks for {name}, which it cannot have; there are {known}"
        for name in sorted(asked - variables)
    )


def read_words(file: Path) -> dict[str, Any]:
    """The sentences of a file, by key. Raises PolicyError if it cannot be read."""
    try:
        raw = read_yaml(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PolicyError(f"{file}: is missing; write it") from None
    except yaml.YAMLError as broken:
        raise PolicyError(f"{file}: not valid YAML: {broken}") from None
    if not isinstance(raw, dict):
        raise PolicyError(f"{file}: must be a mapping of names to texts")
    return raw
