"""What a letter says: in seven languages, to the cent, and whatever the ERP calls its customers."""

from __future__ import annotations

import itertools
import re
import shutil
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.meta import find_undeclared_variables
from letters import AS_OF, line, make_letter
from receivables.dispatch import templates
from receivables.dispatch.amounts import printed
from receivables.dispatch.letter import STEPS_WITH_A_DEADLINE, render
from receivables.dispatch.templates import LANGUAGES, STEPS, TEMPLATES, clean, template_faults
from receivables.errors import DataError, PolicyError, WrongUse

CURRENCY_AMOUNT = re.compile(
    r"(?:EUR|JPY|KWD)\s-?[\d.,’\u00a0\u202f]*\d|-?\d[\d.,’\u00a0\u202f]*\u00a0(?:EUR|JPY|KWD)"
)


class Page(HTMLParser):
    """The visible text of a page, and its tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.text += "\n" if tag in ("br", "td", "th") else ""

    def handle_data(self, data: str) -> None:
        self.text += "" if self.lasttag == "style" else data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_every_step_is_written_in_every_language() -> None:
    assert template_faults(STEPS) == []
    assert set(STEPS) == {"pre_due_notice", "reminder_1", "reminder_2", "demand", "final_demand"}
    assert set(LANGUAGES) == {"pt", "de", "fr", "ru", "en", "es", "it"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
def test_the_plain_text_is_complete(step: str, language: str) -> None:
    letter = make_letter(step, language)
    rendered = render(letter)
    page = Page(rendered.html)
    amounts = CURRENCY_AMOUNT.findall(page.text)
    assert len(set(amounts)) >= 10, "three originals, three open, two interests, a credit, totals"
    for amount in amounts:
        assert amount in rendered.text.replace("\n", " ")
    for word in ("RE-1", "RE-2", "RE-3", "AR-2026-00123", "IBAN DE89 3704 0044 0532 0130 00",
                 "Müller & Söhne", "ar@seller.example"):
        assert word in page.text and word in rendered.text
    paragraphs = templates.wording(step, language)
    for sentence in (*paragraphs.opening, *paragraphs.closing):
        start = squeezed(sentence.split("{")[0])
        assert start in squeezed(rendered.text) and start in squeezed(page.text)
    assert rendered.subject.startswith("[AR-2026-00123] ")
    assert "{" not in rendered.text and "{" not in page.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
def test_one_invoice_is_spoken_of_in_the_singular(step: str, language: str) -> None:
    one = make_letter(
        step, language, credits={}, totals={"EUR": Decimal("10.00")},
        lines=(line("RE-1", date(2026, 3, 2), "EUR", "10.00"),),
    )
    several = make_letter(
        step, language, credits={}, totals={"EUR": Decimal("20.00")},
        lines=(line("RE-1", date(2026, 3, 2), "EUR", "10.00"),
               line("RE-2", date(2026, 3, 2), "EUR", "10.00")),
    )
    sentences = templates.wording(step, language).opening
    assert any("count == 1" in sentence for sentence in sentences)
    assert render(one).text.split("RE-1")[0] != render(several).text.split("RE-1")[0]


@pytest.mark.parametrize(
    ("language", "eur", "jpy", "kwd", "day", "because"),
    [
        ("de", "1.234.567,89 EUR", "1.500.000 JPY", "1.234,567 KWD", "12.01.2026", "German"),
        ("pt", "EUR 1.234.567,89", "JPY 1.500.000", "KWD 1.234,567", "12/01/2026", "of Brazil"),
        ("fr", "1 234 567,89 EUR", "1 500 000 JPY", "1 234,567 KWD", "12 janv. 2026", "French"),
        ("ru", "1 234 567,89 EUR", "1 500 000 JPY", "1 234,567 KWD", "12.01.2026", "Russian"),
        ("en", "EUR 1,234,567.89", "JPY 1,500,000", "KWD 1,234.567", "Jan 12, 2026", "American"),
        ("en-GB", "EUR 1,234,567.89", "JPY 1,500,000", "KWD 1,234.567", "12 Jan 2026", "British"),
        ("de-CH", "1’234’567.89 EUR", "1’500’000 JPY", "1’234.567 KWD", "12.01.2026", "Swiss"),
        ("es", "1.234.567,89 EUR", "1.500.000 JPY", "1.234,567 KWD", "12 ene 2026", "Spanish"),
        ("es-MX", "1,234,567.89 EUR", "1,500,000 JPY", "1,234.567 KWD", "12 ene 2026", "Mexican"),
        ("it", "EUR 1.234.567,89", "JPY 1.500.000", "KWD 1.234,567", "12/01/2026", "Italian"),
        ("pt-PT", "EUR 1 234 567,89", "JPY 1 500 000", "KWD 1 234,567", "12/01/2026", "Portugal"),
    ],
)
def test_amounts_and_dates_are_the_readers_own(
    language: str, eur: str, jpy: str, kwd: str, day: str, because: str
) -> None:
    rendered = render(make_letter(language=language))
    for shown in (squeezed(rendered.text), squeezed(Page(rendered.html).text)):
        for expected in (eur, jpy, kwd, day):
            assert expected in shown, because


@pytest.mark.parametrize(
    ("asked_for", "written_in", "because"),
    [
        ("de", "de", "as asked"),
        ("de-AT", "de", "the base language"),
        ("pt", "pt-BR", "our Portuguese is Brazil's"),
        ("pt_BR", "pt-BR", "underscores are common"),
        ("PT-br", "pt-BR", "and so is any case"),
        ("es-MX", "es", "our Spanish is one for all"),
        ("it-CH", "it", "the base language"),
        ("nl", "en", "a language that nobody wrote for"),
        ("zh-Hant-TW", "en", "a language that nobody wrote for"),
        ("", "en", "no language is known"),
        ("../../etc/passwd", "en", "no tag ever becomes a path"),
        ("de/../../x", "en", "no tag ever becomes a path"),
        ("en-" + "x" * 10_000, "en", "nonsense after a language that we know"),
    ],
)
def test_the_language_falls_back_and_says_so(
    asked_for: str, written_in: str, because: str
) -> None:
    rendered = render(make_letter(language=asked_for))
    assert (rendered.language, rendered.asked_for) == (written_in, asked_for), because
    assert Page(rendered.html).of("html") == [{"lang": written_in, "dir": "ltr"}]
    assert (rendered.language_asked is not None) == ("nobody wrote for" in because or asked_for in (
        "", "../../etc/passwd", "de/../../x")), "for the outbox and the night's report"


SHORT, LONG = Decimal("1234317.88"), Decimal("1234317.90")


@pytest.mark.parametrize(
    ("changes", "fault", "because"),
    [
        ({"totals": {"EUR": SHORT}}, "add up", "currencies are missing"),
        ({"totals": {"EUR": SHORT, "JPY": 1500000, "KWD": Decimal("1234.567")}}, "add up", "1 ct"),
        ({"totals": {"EUR": LONG, "JPY": 1500000, "KWD": Decimal("1234.567")}}, "add up", "1 ct"),
        ({"credits": {}}, "add up", "the credit is forgotten"),
        ({"credits": {"EUR": Decimal("250.00")}}, "not negative", "a credit lowers the total"),
        ({"lines": (), "credits": {}, "totals": {}}, "add up", "a letter about nothing"),
        (
            {
                "lines": (line("R", date(2026, 3, 2), "EUR", "5.00"),),
                "credits": {"EUR": Decimal("-5.00")}, "totals": {"EUR": Decimal(0)},
            },
            "nothing to pay", "what the customer has to its credit covers it",
        ),
        (
            {
                "lines": (line("R", date(2026, 3, 2), "JPY", "0.5"),),
                "credits": {}, "totals": {"JPY": Decimal("0.5")},
            },
            "at most 0 decimals", "half a yen cannot be printed, and is not rounded away",
        ),
    ],
)
def test_a_letter_that_does_not_add_up_is_not_written(
    changes: dict[str, object], fault: str, because: str
) -> None:
    with pytest.raises(DataError, match=fault):
        render(make_letter(**changes))


@pytest.mark.parametrize("step", STEPS)
def test_a_demand_names_the_day_to_pay_by(step: str) -> None:
    letter = make_letter(step, pay_by=None)
    if step in STEPS_WITH_A_DEADLINE:
        with pytest.raises(WrongUse, match="pay by"):
            render(letter)
        assert "17.03.2026" in render(make_letter(step)).text
    else:
        assert "None" not in render(letter).text


@pytest.mark.parametrize("step", ["hand_over", "reminder_9", "../layout", "", "labels"])
def test_there_is_no_letter_for_any_other_step(step: str) -> None:
    with pytest.raises(PolicyError, match="no letter"):
        render(make_letter(step))


def test_interest_is_told_and_never_demanded() -> None:
    rendered = render(make_letter(language="en"))
    assert "EUR 18,422.17" in squeezed(rendered.text)
    assert "not included in the amount to pay" in squeezed(rendered.text)
    assert "§ 288 (2) BGB" in rendered.text
    assert squeezed(rendered.amount_text) == "EUR 1,234,317.89, JPY 1,500,000, and KWD 1,234.567"
    plain = render(make_letter(
        language="en", lines=(line("R", date(2026, 3, 2), "EUR", "5.00"),), credits={},
        totals={"EUR": Decimal("5.00")},
    ))
    assert "nterest" not in plain.text, "no word of interest where there is none"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_says_that_the_bank_details_have_not_changed(language: str) -> None:
    sentence = str(templates.labels(language)["bank_unchanged"])
    for step in STEPS:
        rendered = render(make_letter(step, language))
        assert squeezed(sentence) in squeezed(rendered.text)
        assert sentence in rendered.html


UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
HOSTILE = [
    ("{{7*7}}", "a template in a name"),
    ("{% for i in range(9) %}x{% endfor %}", "a template in a name"),
    ("{{ ''.__class__.__mro__ }}", "a way out of a sandbox"),
    ("<script>alert(1)</script>", "a script in a name"),
    ("\"><img src=https://evil.example/x onerror=alert(1)>", "an image that phones home"),
    ("</title></head><body onload=x>", "an early end of the head"),
    ("Acme\r\nBcc: all@evil.example", "a header in a name"),
    ("Acme\r\n\r\nPay to IBAN XX00", "a body in a name"),
    ("Acme\u2028Bcc: all@evil.example", "a line end of Unicode's"),
    ("Acme \u202egpj.exe", "text turned around"),
    ("Acme\u2066\u2067\u2069\u200f", "text turned around"),
    ("Acme\x00\x1b[31m\x08", "a terminal's commands"),
    ("&lt;b&gt;", "an entity of HTML"),
    ("A" * 100_000, "a very long name"),
    ("%s %(x)s {0} ${x}", "other kinds of template"),
    ("=HYPERLINK(1)", "a formula of a spreadsheet"),
    ("\ud800", "half a character"),
]


@pytest.mark.parametrize(("name", "because"), HOSTILE, ids=[row[1] for row in HOSTILE])
def test_whatever_a_customer_is_called_does_no_harm(name: str, because: str) -> None:
    plain = render(make_letter())
    letter = make_letter(
        customer_name=name, recipient_name=name,
        lines=(line(name, date(2026, 3, 2), "EUR", "5.00"),), credits={},
        totals={"EUR": Decimal("5.00")},
    )
    rendered = render(letter)
    page = Page(rendered.html)
    allowed = {tag for tag, _ in Page(plain.html).tags}
    assert {tag for tag, _ in page.tags} <= allowed, because
    assert not any(key.startswith("on") for _, attributes in page.tags for key in attributes)
    assert "49" not in rendered.text.replace("0049", ""), because
    for text in (rendered.subject, rendered.text, page.text):
        assert not UNSEEN.search(text)
    assert "\n" not in rendered.subject and "\r" not in rendered.text
    assert not any(row.lower().startswith(("bcc:", "pay to")) for row in rendered.text.splitlines())
    assert len(rendered.html) < 20_000 and len(rendered.subject) < 200
    assert clean(name, 120) in page.text or because == "a very long name"


@given(st.text(max_size=300), st.integers(1, 200))
@settings(max_examples=300)
def test_cleaning_leaves_one_short_visible_line(text: str, length_max: int) -> None:
    cleaned = clean(text, length_max)
    assert len(cleaned) <= length_max
    assert cleaned == " ".join(cleaned.split())
    assert clean(cleaned, length_max) == cleaned
    cleaned.encode("utf-8")


def test_names_of_every_script_stay_as_they_are() -> None:
    for name in ("شركة النور", "株式会社𠮷野家", "Ελλάδα Α.Ε.", "می‌خواهم", "Ø & Co.", "👩‍🔧 Ltd"):
        assert name in render(make_letter(customer_name=name)).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_accessible_and_asks_nobody_for_anything(language: str) -> None:
    html = render(make_letter("demand", language)).html
    page = Page(html)
    assert html.startswith("<!DOCTYPE html>")
    assert len(page.of("table")) == len(page.of("caption")) == 2, "the items, and the statement of interest"
    assert all(attributes.get("scope") in ("col", "row", "rowgroup") for attributes in page.of("th"))
    assert {"col", "row", "rowgroup"} == {attributes["scope"] for attributes in page.of("th")}
    assert not {"img", "script", "link", "iframe", "a"} & {tag for tag, _ in page.tags}
    assert not re.search(r"https?:|url\(|@import|src=|cid:", html)
    sizes = [int(size) for size in re.findall(r"font-size:(\d+)px", html)]
    assert min(sizes) >= 14
    assert "lang" in page.of("html")[0] and page.of("title") == [{}]


def test_a_statement_of_a_hundred_invoices_is_not_clipped() -> None:
    lines = tuple(
        line(f"RE-2026-{n:06}", date(2026, 1, 1), "EUR", "1234.56", "12.34") for n in range(100)
    )
    letter = make_letter(lines=lines, credits={}, totals={"EUR": Decimal("123456.00")})
    rendered = render(letter)
    assert len(rendered.html.encode()) < 102_000, "where large providers cut a mail off"
    assert rendered.subject.endswith("RE-2026-000000, RE-2026-000001, RE-2026-000002 …")


@pytest.mark.parametrize(
    ("damage", "told", "because"),
    [
        (lambda root: (root / "demand/fr/wording.yaml").unlink(), "demand/fr", "no wording"),
        (lambda root: (root / "labels/ru.yaml").unlink(), "labels/ru", "no labels"),
        (lambda root: (root / "layout/letter.html.j2").unlink(), "letter.html.j2", "no layout"),
        (lambda root: _edit(root / "labels/de.yaml", "total:", "totl:"), "total is miss", "typo"),
        (lambda root: _edit(root / "labels/de.yaml", "total:", "totl:"), "totl is unkn", "typo"),
        (lambda root: _edit(root / "demand/de/wording.yaml", "{% if", "{% fi"), "template", "typo"),
        (lambda root: _edit(root / "demand/de/wording.yaml", "closing:", "x: ["), "YAML", "typo"),
        (lambda root: _edit(root / "demand/de/wording.yaml", "{{ pay_by", "{{ payby"), "payby", "typo"),
    ],
)
def test_missing_words_are_found_before_a_letter_needs_them(
    tmp_path: Path, damage: object, told: str, because: str
) -> None:
    root = tmp_path / "templates"
    shutil.copytree(TEMPLATES, root)
    assert template_faults(STEPS, root) == []
    damage(root)  # type: ignore[operator]
    templates.labels.cache_clear()
    assert told in "\n".join(template_faults(STEPS, root)), because


def test_a_policy_needs_the_words_of_its_own_steps_only(tmp_path: Path) -> None:
    root = tmp_path / "templates"
    shutil.copytree(TEMPLATES, root)
    shutil.rmtree(root / "demand" / "ru")
    assert template_faults(["reminder_1", "final_demand"], root) == []
    [fault] = template_faults(["reminder_1", "demand"], root)
    assert fault == f"{root}/demand/ru/wording.yaml: is missing; write it"
    [fault] = template_faults(["reminder_3"])
    assert fault.startswith("step reminder_3: no letter is written for it; there are pre_due_not")


def test_a_wording_may_ask_for_what_the_shipped_ones_ask_for() -> None:
    asked: set[str] = set()
    for language, step in itertools.product(LANGUAGES, STEPS):
        wording = templates.wording(step, language)
        for sentence in (wording.subject, *wording.opening, *wording.closing):
            asked |= find_undeclared_variables(templates.environment().parse(sentence))
    assert asked == templates.WORDING_VARIABLES, "which the letters above hold"


def test_all_missing_words_are_told_at_once(tmp_path: Path) -> None:
    assert len(template_faults(STEPS, tmp_path)) == len(LANGUAGES) * (1 + len(STEPS)) + 5


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=3))
@settings(max_examples=200)
def test_a_printed_amount_can_be_read_back_to_the_last_digit(amount: Decimal) -> None:
    german = Locale.parse("de")
    text = printed(amount, "KWD", locale=german, is_code_first=False)
    digits = text.removesuffix("\u00a0KWD").replace(".", "").replace(",", ".")
    assert Decimal(digits) == amount


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "0.001"])
def test_an_amount_that_is_none_is_refused(amount: str) -> None:
    with pytest.raises(DataError, match="decimals"):
        printed(Decimal(amount), "EUR", locale=Locale.parse("de"), is_code_first=False)


def test_days_past_due_must_follow_from_the_due_date() -> None:
    wrong = line("R", date(2026, 3, 2), "EUR", "5.00")
    object.__setattr__(wrong, "days_past_due", 99)
    with pytest.raises(DataError, match="days past due"):
        render(make_letter(lines=(wrong,), credits={}, totals={"EUR": Decimal("5.00")}))
    assert (AS_OF - date(2026, 3, 2)).days == 1
