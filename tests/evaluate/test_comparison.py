"""Two runs side by side, read by the judges of one."""

import pytest

import causaldsl as cd
from causaldsl.errors import UsageError
from causaldsl.evaluate import comparison
from causaldsl.evaluate.comparison import compare, figures
from causaldsl.evaluate.evaluation import KINDS, RESULTS, Evaluator, evaluate, judge_path
from causaldsl.measure.interval import Measured
from tests.evaluate.runs import TEXT, small_run


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    return small_run(folder / "a", 0), small_run(folder / "b", 1)


def test_both_are_read_by_the_judges_of_the_first(pair):
    a, b = pair
    found = compare(a, b, n=40, features=("random",))
    against = found.pop("against")
    assert found == evaluate(a, n=40, features=("random",))
    assert against["run"] == str(b.folder)
    assert against["evaluation"] == Evaluator(a, lambda _: None).measure(b, 40, ("random",))
    assert not (b.folder / RESULTS).exists(), "its own judges have not read it"
    differences = {one["figure"]: one for one in against["differences"]}
    names = {"read as asked", "Male read as asked", "Male=0, Mustache=1 read as asked", "FD[random]", "KID[random]"}
    assert names | {"coverage[random]", "diversity given Mustache=1"} < set(differences)
    for name, mine in figures(found).items():
        theirs = figures(against["evaluation"])[name]
        one = differences[name]
        assert (one["run"], one["other"]) == (mine.value, theirs.value)
        assert Measured.of_json(one["difference"]) == mine - theirs


def test_an_evaluation_by_the_same_judges_is_not_made_again(pair, monkeypatch):
    a, b = pair
    kept = {kind: judge_path(b, kind).read_bytes() for kind in KINDS}
    try:
        for kind in KINDS:
            judge_path(b, kind).write_bytes(judge_path(a, kind).read_bytes())
        own = evaluate(b, n=30, features=("random",))
        evaluate(a, n=30, features=("random",))
        monkeypatch.setattr(comparison, "Evaluator", None)
        assert compare(a, b, n=30)["against"]["evaluation"] == own
    finally:
        for kind, content in kept.items():
            judge_path(b, kind).write_bytes(content)
        (b.folder / RESULTS).unlink()


def test_runs_of_other_pictures_are_refused(pair, tmp_path):
    other = small_run(tmp_path / "c", text=TEXT.replace("Male, Mustache -> Face", "Mustache -> Face"))
    with pytest.raises(UsageError, match="cannot be compared: `Male` is not the same in both"):
        compare(pair[0], other)


def test_pictures_that_were_not_trained_are_refused(pair, tmp_path):
    labels = cd.fit(cd.compile(cd.parse(TEXT)), "faces", out=tmp_path / "c", labels_only=True)
    for runs in ((pair[0], labels), (labels, pair[0])):
        with pytest.raises(UsageError, match="no trained pictures"):
            compare(*runs)


def test_a_run_whose_judges_are_gone_has_others(pair):
    a, b = pair
    path = judge_path(a, KINDS[0])
    path.rename(path.with_suffix(".kept"))
    try:
        assert not comparison._same_judges(a, b, None)
        assert not comparison._same_judges(b, a, None)
    finally:
        path.with_suffix(".kept").rename(path)
