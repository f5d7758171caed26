"""Sheets of pictures, and samples as a notebook shows them."""

import base64
import io
import re

import pytest
import torch
from PIL import Image

from causaldsl.graph.read import read_text
from causaldsl.scm.pictures import sheet, to_bytes
from causaldsl.scm.sampling import Sample


def test_a_sheet_holds_every_picture_where_it_belongs():
    pictures = torch.linspace(-1, 1, 5).view(5, 1, 1, 1).expand(5, 3, 8, 8)
    page = sheet(pictures, columns=3, scale=1, gap=2)
    assert page.size == (3 * 10 + 2, 2 * 10 + 2)
    for i, value in enumerate((0, 64, 128, 191, 255)):
        assert page.getpixel((2 + 10 * (i % 3) + 4, 2 + 10 * (i // 3) + 4))[0] == pytest.approx(value, abs=1)
    assert page.getpixel((25, 15)) == (255, 255, 255)


def test_bytes_cover_the_whole_range():
    assert to_bytes(torch.tensor([-1.0, 0.0, 1.0, 1.5])).tolist() == [0, 128, 255, 255]


def test_a_sample_is_a_table_with_marginals_and_pictures():
    graph = read_text(
        'binary "<b>B</b>"; categorical C {red, "<i>", blue, green}; real X; image F[3, 8, 8]; * -> F', "x"
    )
    n = 40
    columns = {
        "<b>B</b>": torch.tensor([1, 0, 0, 0] * 10),
        "C": torch.tensor([1] * 20 + [0] * 10 + [3] * 10),
        "X": torch.linspace(-1, 1, n),
        "F": torch.zeros(n, 3, 8, 8),
    }
    page = Sample(graph, columns)._repr_html_()
    assert "<p>40 units</p>" in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert "&lt;b&gt;B&lt;/b&gt;" in page
    rows = [re.findall("<t[hd]>(.*?)</t[hd]>", row) for row in re.findall("<tr>(.*?)</tr>", page)]
    assert rows[1] == ["0", "1", "&lt;i&gt;", "-1"]
    assert rows[-2] == ["..."] * 4
    shares = "&lt;i&gt;: 50.0 %, red: 25.0 %, green: 25.0 %, ..."
    assert rows[-1] == ["all", "1: 25.0 %", shares, "mean 0, sd 0.592"]
    assert "F, the first 16 of 40" in page
    picture = Image.open(io.BytesIO(base64.b64decode(page.split("base64,")[1].split('"')[0])))
    assert picture.size == (8 * (8 * 12 + 2) + 2, 2 * (8 * 12 + 2) + 2)


def test_a_sample_of_pictures_alone_and_of_one_unit():
    graph = read_text("binary A; image F[1, 8, 8]; A -> F")
    page = Sample(graph, {"F": torch.zeros(1, 1, 8, 8)})._repr_html_()
    assert "<table" not in page
    assert "<p>1 unit</p>" in page
    one = Sample(graph, {"A": torch.tensor([1])})._repr_html_()
    assert "..." not in one
    assert "1: 100.0 %" in one
