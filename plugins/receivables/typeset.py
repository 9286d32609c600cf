"""Setting a page in type: a layout of `include/templates` (`.typ`), filled in by Typst.

What is filled in is handed over as data and never read as Typst's markup. Nothing but the layouts
and the fonts of `include/fonts` is read, and the same page and date give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from receivables.contract import INCLUDE
from receivables.errors import DataError

if TYPE_CHECKING:
    from typst import Compiler

# For archives, and for people who have it read to them.
STANDARDS = ["a-2a", "ua-1"]
_NO_GLYPH = re.compile(r'the text `"(.*)"` could not be displayed')


def set_pdf(
    layout: str, page: Mapping[str, Any], *, at: datetime, owner: str | None = None
) -> bytes:
    """The page as a PDF (PDF/A-2a, PDF/UA-1) dated `at`; every string of it is set as it stands.

    A letter that no font of `include/fonts` has raises DataError, naming the owner; without an
    owner it is shown as an empty box, and the PDF keeps to no standard.
    """
    from typst import TypstError

    at = at.replace(microsecond=0)  # a PDF's dates have none
    try:
        return _set(layout, page, pdf_standards=STANDARDS, timestamp=at)
    except TypstError as refused:
        found = _NO_GLYPH.search(str(refused))
        if found is None:
            raise
    if owner is None:
        return _set(layout, page, timestamp=at)
    codes = ", ".join(f"U+{ord(letter):04X}" for letter in found[1])
    raise DataError(f"{owner}: no font of include/fonts has the letter {codes}; put a font there "
                    "that has it")


def draw_png(layout: str, page: Mapping[str, Any], *, dots_per_inch: int) -> bytes:
    """The page as a picture."""
    return _set(layout, page, format="png", ppi=dots_per_inch)


def _set(layout: str, page: Mapping[str, Any], **how: Any) -> bytes:
    filled_in = {"page": json.dumps(page, ensure_ascii=False)}
    made = _compiler(layout).compile(sys_inputs=filled_in, **how)
    assert isinstance(made, bytes)
    return made


@cache
def _compiler(layout: str) -> Compiler:
    from typst import Compiler, Fonts

    fonts = Fonts(
        include_system_fonts=False, include_embedded_fonts=False,
        font_paths=[str(INCLUDE / "fonts")],
    )
    root = INCLUDE / "templates"
    return Compiler(str(root / layout), root=str(root), font_paths=fonts)
