"""One night at the border, shared by the tests that look at it."""

from __future__ import annotations

import pytest
from border import OTHER_ENTITY, Border, BorderNight
from company import ENTITY
from receivables import night


@pytest.fixture(scope="session")
def border_night(tmp_path_factory: pytest.TempPathFactory) -> BorderNight:
    border = Border(tmp_path_factory.mktemp("border"))
    border.write()
    seller = {"name": "Seller", "country": "DE", "currency": "EUR"}
    run = border.company.run(settings={
        "source": {"entities": [ENTITY, OTHER_ENTITY]},
        "entities": {ENTITY: seller, OTHER_ENTITY: seller},
    })
    night.extract(run, "erp")
    night.validate(run, ENTITY)
    night.balance(run, ENTITY)
    return BorderNight(border, night.select(run, ENTITY), night.validate(run, OTHER_ENTITY))
