"""The loop, with a learner whose every state is known."""

import pytest
import torch

import causaldsl as cd
from causaldsl.errors import Interrupted
from causaldsl.train.config import read_config
from causaldsl.train.files import read_tensors
from causaldsl.train.loop import drive
from causaldsl.train.progress import Silent
from causaldsl.train.run import CHECKPOINT, planned_run
from causaldsl.train.signals import StopRequest

ALWAYS = read_config(settings=["checkpoint_seconds=0"])


class Counter:
    """Counts its steps, and is in doubt from some step on."""

    name, steps, batch = "count", 10, 1

    def __init__(self, doubted_from):
        self.doubted_from, self.count = doubted_from, 0

    @property
    def doubtful(self):
        return self.count > self.doubted_from

    def step(self, t):
        self.count = t + 1
        return {"loss": 1.0}

    def state(self):
        return {"count": torch.tensor(self.count)}


class Stops(Silent):
    """Asks for a stop after a step."""

    def __init__(self, request, at):
        self.request, self.at = request, at

    def step(self, t, losses):
        self.request.asked = t == self.at


@pytest.mark.parametrize(
    ("doubted_from", "kept", "said"),
    [
        (99, 7, r"after step 7 of 10 \(count\); nothing is lost"),
        (4, 4, r"after step 7 of 10 \(count\); .* goes on after step 4"),
        (0, None, r"after step 7 of 10 \(count\); .* goes on after step 0"),
    ],
)
def test_a_stop_in_doubt_keeps_the_last_good_checkpoint(doubted_from, kept, said, tmp_path):
    run = planned_run(tmp_path, cd.compile(cd.parse("binary A")), ALWAYS, "none", True, None)
    stop = StopRequest()
    with pytest.raises(Interrupted, match=said):
        drive(run, "count", Counter(doubted_from), 0, stop, Stops(stop, 6))
    if kept is None:
        assert not (tmp_path / CHECKPOINT).exists()
        return
    tensors, header = read_tensors(tmp_path / CHECKPOINT)
    assert (header["step"], int(tensors["learner/count"])) == (str(kept), kept)
