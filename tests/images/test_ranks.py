"""Two ranks, or a batch in parts, train the same model as one process that takes the batch whole."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from causaldsl.errors import UsageError
from causaldsl.images.draw import Draw, parts
from causaldsl.train.machine import can_compile
from tests.pairs import CASES, Case, learner, trained

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """The folder in which two processes have left what they trained."""
    folder = tmp_path_factory.mktemp("pair")
    command = [sys.executable, "-m", "tests.pairs"]
    both = [subprocess.Popen([*command, str(rank), str(folder)], cwd=ROOT) for rank in (0, 1)]
    try:
        assert [process.wait(240) for process in both] == [0, 0]
    finally:
        for process in both:
            process.kill()
    return folder


@pytest.fixture(scope="module")
def alone():
    """What one process trains of the whole batch."""
    return {name: trained(replace(case, accumulate=1)) for name, case in CASES.items()}


def furthest(a, b):
    assert a.keys() == b.keys()
    return max((a[k].double() - b[k].double()).abs().max().item() for k in a)


@pytest.mark.parametrize("name", CASES)
def test_two_ranks_are_alike(pair, name):
    assert furthest(*(load_file(pair / f"{name} {rank}") for rank in (0, 1))) == 0


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.dtype == torch.float64])
def test_two_ranks_train_what_one_trains(pair, alone, name):
    assert furthest(load_file(pair / f"{name} 0"), alone[name]) < 1e-9


@pytest.mark.parametrize("name", ["r3gan, float32", "causalbegan, float32"])
def test_two_ranks_are_a_batch_in_two_parts(pair, name):
    """The same sums in the same order; with batch normalisation, as `causalgan` has it, there are no parts."""
    assert furthest(load_file(pair / f"{name} 0"), trained(replace(CASES[name], accumulate=2))) == 0


@pytest.mark.parametrize("name", ["r3gan, float32, smooth", "causalgan, float32, smooth", "causalbegan, float32"])
def test_in_float32_two_ranks_train_what_one_trains_to_rounding(pair, alone, name):
    """Of models without kinks: in float32 a rounded sum now and then falls on a kink's other side, whoever adds.

    The absolute differences of minibatch features are kinks too. The activation of `causalbegan`, ELU, has none.
    """
    assert furthest(load_file(pair / f"{name} 0"), alone[name]) < 1e-5


@pytest.mark.parametrize("kind", ["r3gan", "causalbegan"])
def test_a_batch_in_parts_is_the_whole_batch(alone, kind):
    name = f"{kind}, in parts"
    assert furthest(trained(replace(CASES[name], accumulate=4)), alone[name]) < 1e-9


def test_what_looks_at_a_whole_batch_takes_it_whole():
    with pytest.raises(UsageError, match=r"looks at a whole batch at once, so images\.accumulate is 1"):
        learner(Case("causalgan", 1, accumulate=2))


@pytest.mark.parametrize(("ranks", "accumulate"), [(3, 1), (2, 3), (16, 1)])
def test_a_batch_that_cannot_be_split_is_refused(ranks, accumulate):
    with pytest.raises(UsageError, match=f"a multiple of {ranks * accumulate}"):
        parts(8, ranks, 0, accumulate)


def test_parts_draw_the_rows_of_the_whole():
    def drawn(rows):
        draw = Draw(torch.Generator().manual_seed(0), 8, rows)
        return torch.cat([draw.uniform(2), draw.normal(2), draw.integers(-3, 3)], 1)

    split = [drawn(rows) for rank in (0, 1) for rows in parts(8, 2, rank, 2)]
    assert torch.equal(torch.cat(split), drawn(slice(None)))


@pytest.mark.filterwarnings("ignore")  # of torch's compiler, about itself
@pytest.mark.parametrize("name", ["r3gan", "causalgan", "causalbegan"])
def test_a_compiled_generator_learns_the_same(alone, name):
    if (problem := can_compile()) is not None:
        pytest.skip(problem)
    torch.compiler.reset()
    case = replace(CASES[name], steps=3)
    assert furthest(trained(case, compile=True), trained(case)) < 1e-9
