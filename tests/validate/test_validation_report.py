"""The validation report: one page that anybody may open and mail on."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from border import BorderNight
from company import DAY, ENTITY, Company
from receivables import night

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
def hostile_page(tmp_path_factory: pytest.TempPathFactory) -> str:
    company = Company(tmp_path_factory.mktemp("hostile"))
    company.customer("<script>alert(1)</script>", country="Germany")
    company.invoice(
        "<img src=x onerror=alert(2)>", "'\"><script>", DAY, customer_id="{{ 7 * 7 }}"
    )
    company.write_erp()
    run = company.run()
    night.extract(run, "erp")
    folder = night.validate(run, ENTITY).folder
    return (folder / "validate" / "report.html").read_text(encoding="utf-8")


def test_the_page_loads_nothing_and_runs_nothing(border_night: BorderNight) -> None:
    html = (border_night.night.folder / "validate" / "report.html").read_text(encoding="utf-8")
    page = _page(html)
    assert not page.tags & {"script", "link", "iframe", "img", "object", "embed", "form"}
    assert not page.attributes & LOADING
    assert not [name for name in page.attributes if name.startswith("on")]
    assert not re.search(r"https?://|url\(|@import", html)


def test_what_the_source_wrote_is_text_and_nothing_else(hostile_page: str) -> None:
    page = _page(hostile_page)
    assert not page.tags & {"script", "img"}
    assert "<script>alert(1)</script>" in page.text
    assert "<img src=x onerror=alert(2)>" in page.text
    assert "{{ 7 * 7 }}" in page.text and "49" not in page.text


def test_the_page_says_what_became_of_every_table_and_rule(border_night: BorderNight) -> None:
    html = (border_night.night.folder / "validate" / "report.html").read_text(encoding="utf-8")
    text = _page(html).text
    for subject, because in border_night.rows(
        "select subject, because from rows", "validate/check_result"
    ):
        assert subject in text
        assert because in text
    [(faults,)] = border_night.rows("select count(*) from rows", "quarantine")
    assert f"{faults} faults" in text
