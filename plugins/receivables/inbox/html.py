"""What is to be seen of a mail in HTML, without what it quotes."""

from __future__ import annotations

from html.parser import HTMLParser

# What mail programs put around a quotation, beside <blockquote>.
QUOTE_MARKS = ("gmail_quote", "divRplyFwdMsg", "appendonsend", "moz-cite-prefix", "yahoo_quoted")
BLOCKS = frozenset({"br", "p", "div", "tr", "li", "table", "h1", "h2", "h3"})
HIDDEN = frozenset({"blockquote", "style", "script", "head", "title"})


def visible_text(html: str) -> str:
    """The text of a document up to the mail that it quotes."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return "\n".join(lines).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.hidden = 0
        self.has_ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = " ".join(value or "" for name, value in attrs if name in ("class", "id"))
        self.has_ended |= any(mark in marks for mark in QUOTE_MARKS)
        self.hidden += tag in HIDDEN
        if tag in BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in HIDDEN and self.hidden > 0
        if tag in BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden and not self.has_ended:
            self.pieces.append(data)
