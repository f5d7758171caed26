"""`show`: for a terminal, as a picture, and in the formats that can be written."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from causaldsl.cli import main
from causaldsl.graph.drawing.figure import Drawing
from causaldsl.graph.drawing.listing import WIDTH, listing
from causaldsl.graph.drawing.png import write_png
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.graph.make import make_graph
from causaldsl.graph.read import read_text

TEXT = """binary "political inequality", B, 因果
latent U; latent V : binary
categorical H {x, "dark blond"}; real Lonely in [0, 1]
U -> B, 因果; V -> B -> H; "political inequality" <-> B; "political inequality" -> B
query P(B)
"""


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "x.causal").write_text(TEXT, encoding="utf-8")
    return tmp_path / "x.causal"


def test_the_terminal_shows_rows_domains_and_causes(file: Path) -> None:
    result = run("show", file)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        '"political inequality"  binary\n'
        "U                       latent\n"
        "V                       latent binary\n"
        "Lonely                  real in [0, 1]\n"
        "\n"
        'B                       binary                         <- "political inequality", U, V\n'
        "因果                    binary                         <- U\n"
        "\n"
        'H                       categorical {x, "dark blond"}  <- B\n'
        "\n"
        '"political inequality" <-> B\n'
    )


def test_the_terminal_shows_what_is_set_and_seen(file: Path) -> None:
    lines = run("show", file, "--do", "B=1", "--given", 'H="dark blond"').stdout.splitlines()
    assert 'do(B=1)                 binary                         cut from "political inequality", U, V' in lines
    assert 'given H="dark blond"    categorical {x, "dark blond"}  <- B' in lines
    assert lines[-1] == '"political inequality" <-> B  (cut at B)'
    soft = listing(read_text("real X, Z, Age; X, Z -> Age"), do=["Age := X"])
    assert soft.endswith("do(Age := X)  real  <- X\n                    cut from Z\n")


def test_long_lists_go_on_in_the_next_line() -> None:
    names = [f"Attribute_{i}" for i in range(30)]
    text = listing(make_graph([*(Node(n, None) for n in names), Node("Y", None)], [(n, "Y", "->") for n in names]))
    last = text.split("\n\n")[-1].splitlines()
    assert len(last) > 3
    assert max(map(len, last)) <= WIDTH
    assert {line.index("Attribute") for line in last} == {last[0].index("Attribute")}
    assert listing(CausalGraph(())) == ""


@pytest.mark.parametrize("ending", [".svg", ".png", ".dot", ".gv", ".mmd", ".causal", ".SVG"])
def test_pictures_and_formats_are_chosen_by_the_ending(file: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out{ending}"
    result = run("show", file, "--out", out)
    assert (result.exit_code, result.stdout) == (0, "")
    content = out.read_bytes()
    starts = {".svg": b"<svg", ".png": b"\x89PNG", ".dot": b"digraph", ".gv": b"digraph", ".causal": b"binary"}
    assert content.startswith(starts.get(ending.lower(), b"flowchart"))
    said = {".svg": "", ".causal": ""}.get(ending.lower(), "not in the picture: ")
    assert result.stderr.startswith(said)
    assert bool(result.stderr) == bool(said)


def test_a_file_is_never_replaced_unasked(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.dot"
    out.write_text("mine")
    assert run("show", file, "--out", out).exit_code == 2
    assert out.read_text() == "mine"
    document = json.loads(run("show", file, "--out", out, "--force", "--json").stdout)
    assert document == {"schema": 1, "dot": out.read_text(encoding="utf-8"), "out": str(out), "lost": ["query P(B)"]}
    assert json.loads(run("show", file, "--json").stdout)["out"] is None


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--out", "x.pdf"], "cannot write `.pdf` files"),
        (["--out", "x"], "cannot write `x` files"),
        (["--out", "no/x.svg"], "the folder no does not exist"),
        (["--out", "x.dot", "--do", "B"], "`.dot` files show no --do"),
        (["--do", "political inequalty"], "did you mean `political inequality`"),
        (["--do", "B=7"], "`B` has no level `7`"),
        (["--do", "B", "--given", "B=1"], "`B` is in do and in given"),
    ],
)
def test_what_cannot_be_shown(file: Path, args: list[str], message: str) -> None:
    result = run("show", file, *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_png_shows_what_the_svg_shows() -> None:
    graph = read_text('binary X, "$a_b$"; image F[3, 8, 8]; latent U; U -> X -> "$a_b$"; X <-> "$a_b$"; * -> F')
    drawing = graph.draw(do=["X"], given=["$a_b$"])
    content, missing = write_png(drawing)
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    assert missing == ()
    assert picture.width == pytest.approx(drawing.width * 2.5, abs=1)
    box = drawing.boxes[0]
    assert picture.getpixel((int(2.5 * (box.x - box.width / 2 + 6)), int(2.5 * box.y))) == (220, 233, 245)
    assert picture.getpixel((2, 2)) == (255, 255, 255)
    assert write_png(drawing) == (content, ())


def test_a_png_that_nobody_could_read_is_refused() -> None:
    with pytest.raises(ValueError, match="too many for pixels"):
        write_png(Drawing((), (), 100.0, 1_000_000.0))


def test_a_picture_needs_no_torch(file: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from causaldsl.cli import main\n"
        f"main(['show', {str(file)!r}, '--out', {str(tmp_path / 'x.png')!r}], standalone_mode=False)\n"
        "assert not {'torch', 'networkx', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
