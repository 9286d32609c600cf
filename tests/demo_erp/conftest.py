from __future__ import annotations

from datetime import date

import demo_books
import pytest
from receivables import demo_erp

UNTIL = date(2025, 11, 20)


@pytest.fixture(scope="session")
def until() -> date:
    return UNTIL


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> demo_books.Books:
    """The default demonstration ERP."""
    folder = tmp_path_factory.mktemp("demo") / "erp"
    demo_erp.write(folder, until=UNTIL)
    return demo_books.read(folder)
