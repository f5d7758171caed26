"""Sheets with titles."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

Rows = Sequence[tuple[str, Image.Image]]


def titled_rows(groups: Sequence[Rows], margin: int = 12) -> Image.Image:
    """Stack rows of pictures, each with its title on the left; between two groups of rows there is a gap."""
    font = ImageFont.load_default(18)
    rows = [row for group in groups for row in group]
    left = 2 * margin + max(round(font.getlength(title)) for title, _ in rows)
    wide = left + max(row.width for _, row in rows) + margin
    high = margin * (len(groups) + 1) + sum(row.height for _, row in rows)
    page = Image.new("RGB", (wide, high), "white")
    pen = ImageDraw.Draw(page)
    y = margin
    for group in groups:
        for title, row in group:
            pen.text((margin, y + row.height // 2), title, fill="#1d2129", font=font, anchor="lm")
            page.paste(row, (left, y))
            y += row.height
        y += margin
    return page
