"""The digest for sales: one HTML page a salesperson in the night's folder, mailed to nobody."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

from receivables.lake import Night
from receivables.page import page
from receivables.select.customer_class_file import load_customer_classes
from receivables.sql import Session

# A page is for reading; the warehouse has the rest.
LISTED_ROWS = 500
FACTS = ("first_late", "credit", "promise_broken", "promise_due", "letter", "overdue")

Rows = list[dict[str, Any]]


def digest_folder(night: Night) -> Path:
    """Where the pages of a night are; `index.html` names them all."""
    return night.folder / "publish" / "digest"


def write_digest(sql: Session, night: Night, *, not_drafted_because: str) -> None:
    """Write the pages; files are numbered, for a name from the books is no file name.

    `not_drafted_because`: why this publication drafts no letter; empty if it does.
    """
    sql.create("customer_salesperson", "publish/digest/customer_salesperson")
    facts = _facts(sql)
    folder = digest_folder(night)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    template = page("digest", night=night, not_drafted_because=not_drafted_because, found=_found)
    pages = []
    for number, person in enumerate(sql.rows("publish/digest/salesperson"), start=1):
        own = {name: facts[name][person["salesperson_no"]] for name in FACTS}
        file = f"{number:04}.html" if person["salesperson_no"] else "nobody.html"
        text = template.render(salesperson=person["salesperson_name"], facts=own, pages=[])
        (folder / file).write_text(text, encoding="utf-8")
        pages.append({**person, "file": file, "overdue": _found(own["overdue"]),
                      "letters": _found(own["letter"])})
    index = template.render(salesperson=None, facts={}, pages=pages)
    (folder / "index.html").write_text(index, encoding="utf-8")


def _facts(sql: Session) -> dict[str, dict[int, Rows]]:
    """The rows of each statement by the salesperson's number, as many as a page lists."""
    classes = load_customer_classes()
    values: dict[str, dict[str, object]] = {
        "first_late": {"best_abc_class": classes.abc_classes[0][0]},
        "promise_due": {"due_days": classes.settings["digest_promises_due_days"]},
        "promise_broken": {"broken_days": classes.settings["digest_promises_broken_days"]},
    }
    facts: dict[str, dict[int, Rows]] = {}
    for name in FACTS:
        facts[name] = defaultdict(list)
        bound = {"rows_max": LISTED_ROWS, **values.get(name, {})}
        for row in sql.rows(f"publish/digest/{name}", **bound):
            facts[name][row["salesperson_no"]].append(row)
    return facts


def _found(rows: Rows) -> int:
    """How many rows there are, those that the page has no room for among them."""
    return rows[0]["found_rows"] if rows else 0
