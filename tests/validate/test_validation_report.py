"""The validation report: one page that anybody may open and mail on."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from company import DAY, ENTITY, Company, read
from receivables import night
from receivables.lake import Night

LOADING = {"src", "href", "action", "data", "poster", "srcset", "background", "formaction"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def _page(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    return page


@pytest.fixture(scope="module")
def validated(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A night whose rows try to be a page of their own."""
    company = Company(tmp_path_factory.mktemp("hostile"))
    company.customer("<script>alert(1)</script>", country="Germany")
    company.customer("C-GOOD")
    company.invoice(
        "<img src=x onerror=alert(2)>", "'\"><script>", DAY, customer_id="{{ 7 * 7 }}"
    )
    company.write_erp()
    run = company.run()
    night.extract(run, "erp")
    return night.validate(run, ENTITY)


def _html(validated: Night) -> str:
    return (validated.folder / "validate" / "report.html").read_text(encoding="utf-8")


def test_the_page_loads_nothing_and_runs_nothing(validated: Night) -> None:
    page = _page(_html(validated))
    assert not page.tags & {"script", "link", "iframe", "img", "object", "embed", "form"}
    assert not page.attributes & LOADING
    assert not [name for name in page.attributes if name.startswith("on")]
    assert not re.search(r"https?://|url\(|@import", _html(validated))


def test_what_the_source_wrote_is_text_and_nothing_else(validated: Night) -> None:
    text = _page(_html(validated)).text
    assert "<script>alert(1)</script>" in text
    assert "<img src=x onerror=alert(2)>" in text
    assert "{{ 7 * 7 }}" in text and "49" not in text


def test_the_page_says_what_became_of_every_table_and_rule(validated: Night) -> None:
    text = _page(_html(validated)).text
    for subject, because in read(validated, "validate/check_result", "subject, because"):
        assert subject in text
        assert because in text
    assert f"{len(read(validated, 'quarantine'))} faults" in text


def test_the_page_says_how_each_broken_rule_was_treated(validated: Night) -> None:
    html = _html(validated)
    assert re.search(r"COUNTRY_UNKNOWN</td>", html) and "quarantined</td>" in html
    warned = read(validated, "validate/warning", "source_table, reason_code")
    assert ("receipt", "TABLE_EMPTY") in warned
    assert f"{len(warned)} of them with a warning" in html
    assert "accepted with a warning</td>" in html


def test_the_page_can_be_read_on_a_phone(validated: Night) -> None:
    html = _html(validated)
    assert 'content="width=device-width, initial-scale=1"' in html and "(max-width: 48rem)" in html
    cells = re.findall(r"<td[^>]*>", html)
    assert all("data-label" in cell or "colspan" in cell for cell in cells), "no head row there"
