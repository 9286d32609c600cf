"""What a reader of paper sees: the words of a PDF, and what its payment code says."""

from __future__ import annotations

import io

import pypdfium2
import zxingcpp
from PIL import Image


def pages(pdf: bytes) -> list[str]:
    """The words of each page, in one line, as a copy of them gives."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def codes_of_pdf(pdf: bytes) -> list[str]:
    """What the codes of a PDF say, as a telephone reads them."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [said for page in document for said in _read(page.render(scale=3).to_pil())]


def codes_of_png(png: bytes) -> list[str]:
    """What the codes of a picture say."""
    return _read(Image.open(io.BytesIO(png)).convert("L"))


def _read(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]
