"""Sheets with titles."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont


def titled_rows(rows: Sequence[tuple[str, Image.Image]], margin: int = 12) -> Image.Image:
    """Stack rows of pictures, each with its title on the left; every second row ends a pair."""
    font = ImageFont.load_default(18)
    left = 2 * margin + max(round(font.getlength(title)) for title, _ in rows)
    wide = left + max(row.width for _, row in rows) + margin
    high = margin + sum(row.height + (margin if i % 2 else 0) for i, (_, row) in enumerate(rows))
    page = Image.new("RGB", (wide, high), "white")
    pen = ImageDraw.Draw(page)
    y = margin
    for i, (title, row) in enumerate(rows):
        pen.text((margin, y + row.height // 2), title, fill="#1d2129", font=font, anchor="lm")
        page.paste(row, (left, y))
        y += row.height + (margin if i % 2 else 0)
    return page
