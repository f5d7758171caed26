"""What is shipped works: wheel, sdist and editable install hold the grammar; the graph half starts without torch."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import causaldsl

ROOT = Path(__file__).parents[1]
NEEDED = [
    "docs/errors.md",
    "grammar/causal.lark",
    "examples/faces.causal",
    "report/templates/page.html",
    "datasets/faces.causal",
    "py.typed",
    "demo/weights.safetensors",
    "demo/run.json",
]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT], check=True, capture_output=True
    )
    return out


def test_the_wheel_holds_what_it_needs(built):
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert [n for n in NEEDED if f"causaldsl/{n}" not in names] == []
    assert not [n for n in names if n.startswith(("tests/", "bench/"))]


def test_the_sdist_builds_the_same_wheel(built, tmp_path):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", tmp_path / "again", source],
        check=True,
        capture_output=True,
    )
    (again,), (first,) = (tmp_path / "again").glob("*.whl"), built.glob("*.whl")
    assert sorted(zipfile.ZipFile(again).namelist()) == sorted(zipfile.ZipFile(first).namelist())


def test_the_wheel_runs_from_where_it_is_installed(built, tmp_path):
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        "import causaldsl as cd, pathlib\n"
        f"assert pathlib.Path(cd.__file__).is_relative_to({str(tmp_path)!r}), cd.__file__\n"
        "print(cd.parse('binary A, B; A -> B').edges)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site"), "PATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "(('A', 'B', '->'),)", done.stderr


def test_the_editable_install_finds_the_grammar(tmp_path):
    code = "import causaldsl as cd; print(cd.parse('binary A, B; A -> B').edges)"
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "(('A', 'B', '->'),)", done.stderr


@pytest.mark.parametrize("command", [["check"], ["show"]])
def test_a_graph_is_answered_without_torch(command):
    code = (
        "import sys\n"
        "from causaldsl.cli import main\n"
        f"main({[*command, str(ROOT / 'examples' / 'celeba.causal')]!r}, standalone_mode=False)\n"
        "assert not {'torch', 'networkx', 'pandas', 'matplotlib', 'pydot'} & set(sys.modules), 'heavy imports'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_facade_is_sorted_and_all_there():
    assert list(causaldsl.__all__) == sorted(causaldsl.__all__)
    assert all(getattr(causaldsl, name) is not None for name in causaldsl.__all__)
    assert set(causaldsl.__all__) <= set(dir(causaldsl))


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.causal")), ids=lambda p: p.name)
def test_examples_check_without_a_word(path):
    graph = causaldsl.load(path)
    assert graph.warnings == ()
    causaldsl.compile(graph)
