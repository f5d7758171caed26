"""docs/plugins.md, done as it says: its package is installed by pip, checked, trained and asked."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evaluate.runs import small_run

TEXT = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(content, encoding="utf-8")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", "site"]
    install = ["pip", "install", *options, ".", "./prototype", "./colours"]
    done = subprocess.run([sys.executable, "-m", *install], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def python(package, *arguments, path="site"):
    environment = os.environ | {"PYTHONPATH": str(package / path)}
    return subprocess.run(
        [sys.executable, "-P", *arguments], cwd=package, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("tests", ["tests", "prototype/test_prototype.py"])
def test_its_own_test_passes(package, tests):
    done = python(package, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_it_learns_what_is_told(package):
    done = python(package, "-W", "error", "use.py")
    shown = re.search(r"```text\n(.*?)```", TEXT, re.DOTALL).group(1)
    assert re.sub(r"[\d.]+", "", done.stdout) == re.sub(r"[\d.]+", "", shown), done.stderr
    found, told = (list(map(float, re.findall(r"\d\.\d\d", text))) for text in (done.stdout, shown))
    assert found == pytest.approx(told, abs=0.02)


def test_a_misspelt_option_is_found(package):
    done = python(package, "-m", "causaldsl", "check", "wrong.causal")
    shown = re.search(r"```console\n\$ causaldsl check wrong.causal\n(.*?)```", TEXT, re.DOTALL).group(1)
    assert shown in done.stderr
    assert done.returncode == 1


def test_where_it_is_not_installed_it_is_not_known(package):
    done = python(package, "-m", "causaldsl", "check", "wrong.causal", path=".")
    assert "there is no mechanism `noisy_or`" in done.stderr


def test_its_features_compare_pictures(package, tmp_path):
    run = small_run(tmp_path / "run")
    done = python(
        package, "-m", "causaldsl", "evaluate", str(run.folder), "-n", "20", "--features", "colours", "--json"
    )
    found = json.loads(done.stdout)["features"]["colours"]
    assert found["dimensions"] == 3 * 16 * 2
    assert found["fd"]["value"] > found["fd"]["floor"] > 0
    listed = python(package, "-m", "causaldsl", "plugins").stdout
    assert "colours" in listed
