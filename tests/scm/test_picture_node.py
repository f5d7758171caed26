"""Pictures that labels depend on, in a model whose law is known: a grey square, and what is read of it."""

import math

import pytest
import torch

import causaldsl as cd
from causaldsl.errors import RunError, UsageError
from causaldsl.graph.domain import Binary, Image
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.controller import Controller
from causaldsl.scm.image import ImageModel
from causaldsl.scm.mechanism import DiscreteMechanism
from causaldsl.scm.model import CausalModel
from causaldsl.scm.picture_node import PictureNode, painted_over

TEXT = """
binary A, B, C
image F[1, 4, 4]
A := bernoulli(0.3)
A -> F
F, A -> B
B -> C
C := bernoulli(0.1 + 0.8 * B)
"""
GRAPH = cd.parse(TEXT)
SPREAD = 0.2


class Grey(ImageModel):
    """Grey of A / 2 - 0.25 + SPREAD z in all pixels."""

    def __init__(self, shape):
        super().__init__(shape, latent=1)
        self.weight = torch.nn.Parameter(torch.tensor(0.5))

    @property
    def abducts(self):
        return True

    def forward(self, labels, noise):
        grey = self.weight * labels - 0.25 + SPREAD * noise
        return grey.clamp(-1, 1)[:, :, None, None].expand(-1, 1, 4, 4)

    def abduct(self, pictures, labels):
        return (pictures.mean((1, 2, 3))[:, None] - self.weight * labels + 0.25) / SPREAD

    def read(self, pictures):
        return (pictures.mean((1, 2, 3))[:, None] > 0).float()


class Read(DiscreteMechanism):
    """B is 1 with probability sigmoid(6 grey + a - 1)."""

    vectorises = False

    def __init__(self, shape):
        super().__init__(shape)
        self.at_a = [name for name, _ in shape.parents].index("A")

    def log_probabilities(self, parents):
        assert parents.shape[-1] == 17
        a = parents[:, 0 if self.at_a == 0 else 16]
        pixels = parents[:, 1:] if self.at_a == 0 else parents[:, :16]
        logit = 6 * pixels.mean(-1) + a - 1
        return torch.stack([-torch.nn.functional.softplus(logit), -torch.nn.functional.softplus(-logit)], -1)


def model(law="bernoulli(0.1 + 0.8 * B)"):
    base = cd.compile(cd.parse(f"binary A, B, C; A := bernoulli(0.3); A -> B -> C; C := {law}"))
    image = Grey(NodeShape("F", Image(1, 4, 4), (("A", Binary()),)))
    read = Read(NodeShape("B", Binary(), tuple((p, GRAPH[p].domain) for p in GRAPH["B"].parents)))
    mechanisms = {"A": base.controller["A"], "F": PictureNode(image), "B": read, "C": base.controller["C"]}
    return CausalModel(GRAPH, Controller(GRAPH, mechanisms), {"F": image})


MODEL = model()


def p_b(a):
    """P(B=1 | do(A=a)), by summing over z."""
    z = torch.linspace(-6, 6, 4001, dtype=torch.float64)
    weight = (-0.5 * z**2).exp()
    grey = (0.5 * a - 0.25 + SPREAD * z).clamp(-1, 1)
    return float((torch.sigmoid(6 * grey + a - 1) * weight).sum() / weight.sum())


def near(answer, truth):
    assert abs(answer.value - truth) < 5 * answer.stderr, (answer, truth)
    assert answer.stderr < 0.02


@pytest.mark.parametrize("a", [0, 1])
def test_what_is_done_above_the_picture_reaches_the_labels_below_it(a):
    near(MODEL.ask(f"P(B=1 | do(A={a}))"), p_b(a))
    near(MODEL.ask(f"P(C=1 | do(A={a}))"), 0.1 + 0.8 * p_b(a))


def test_evidence_below_the_picture_tells_of_what_is_above_it():
    both = 0.3 * p_b(1) + 0.7 * p_b(0)
    near(MODEL.ask("P(A=1 | B=1)"), 0.3 * p_b(1) / both)
    drawn = MODEL.sample(4000, given={"B": 1}, seed=1)
    share = float(drawn["A"].double().mean())
    assert abs(share - 0.3 * p_b(1) / both) < 5 * 0.5 / math.sqrt(2000)
    assert bool((drawn["B"] == 1).all())


def test_pictures_given_a_label_below_them_are_those_that_led_to_it():
    drawn = MODEL.sample(4000, given={"B": 1, "A": 0}, seed=0)["F"].mean((1, 2, 3)).double()
    z = torch.linspace(-6, 6, 4001, dtype=torch.float64)
    grey = -0.25 + SPREAD * z
    weight = (-0.5 * z**2).exp() * torch.sigmoid(6 * grey - 1)
    assert float(drawn.mean()) == pytest.approx(float((grey * weight).sum() / weight.sum()), abs=0.02)
    assert float(drawn.mean()) > -0.2  # seen without B it is -0.25


def test_what_is_above_pictures_is_exact_and_needs_none():
    answer = MODEL.ask("P(A=1)")
    assert answer.method == "exact"
    assert answer.value == pytest.approx(0.3)
    assert MODEL.ask("P(B=1)").method.startswith("sampled(1")
    assert MODEL.controller.before_pictures().nodes == ("A",)
    assert MODEL.controller.ancestral(["A"]).nodes == ("A",)
    assert MODEL.controller.ancestral(["B"]) is MODEL.controller


def test_a_world_in_which_nothing_below_is_asked_for_draws_no_picture(monkeypatch):
    def fail(*_):
        raise AssertionError("drawn")

    monkeypatch.setattr(Grey, "forward", fail)
    assert MODEL.ask("P(A=1 | do(C=1))").value == pytest.approx(0.3)


def test_samples_hold_the_picture_that_was_read():
    drawn = MODEL.sample(500, seed=3)
    assert drawn["F"].shape == (500, 1, 4, 4)
    assert list(drawn) == ["A", "B", "C", "F"]
    done = MODEL.sample(500, do={"C": 1}, seed=3)
    assert torch.equal(done["F"], drawn["F"])
    assert torch.equal(done["B"], drawn["B"])


def test_a_picture_that_was_seen_is_kept_and_its_readers_follow_it():
    generator = torch.Generator().manual_seed(0)
    seen = (torch.rand(5, 1, 4, 4, generator=generator) - 0.5) * 0.8
    labels = {"A": [0, 1, 0, 1, 1], "B": [1, 0, 0, 1, 1]}
    same = MODEL.counterfactual({**labels, "F": seen}, {}, n=2)
    torch.testing.assert_close(same["F"], seen.repeat_interleave(2, 0))
    assert same["B"].tolist() == [b for b in labels["B"] for _ in range(2)]
    other = MODEL.counterfactual({**labels, "F": seen}, {"A": 0}, n=1)
    shift = 0.5 * torch.tensor(labels["A"])[:, None, None, None]
    grey = seen.mean((1, 2, 3), keepdim=True).expand_as(seen)  # what the generator makes of it
    torch.testing.assert_close(other["F"], painted_over(seen, grey, grey - shift), atol=1e-5, rtol=0)
    assert "Grey" not in str(other.notes)
    assert "F: the noise that its encoder infers" in str(other.notes)


def test_a_reader_keeps_its_noise():
    """P(B would be 1 | F, A=1, B=1) under do(A=0) is the ratio of its probabilities in both worlds, if smaller."""
    grey = 0.3
    seen = torch.full((1, 4, 4), grey)
    found = MODEL.counterfactual({"A": 1, "B": 1, "F": seen}, {"A": 0}, n=20_000)
    before, after = (1 / (1 + math.exp(-x)) for x in (6 * grey, 6 * (grey - 0.5) - 1))
    assert float(found["B"].double().mean()) == pytest.approx(after / before, abs=0.015)


def test_a_label_below_can_be_seen_without_those_between():
    """C and F are seen, B is not: it is weighed by what C tells of it."""
    seen = torch.full((1, 4, 4), 0.1)
    found = MODEL.counterfactual({"A": 1, "C": 1, "F": seen}, {}, n=4000)
    p = 1 / (1 + math.exp(-0.6))
    truth = p * 0.9 / (p * 0.9 + (1 - p) * 0.1)
    assert float(found["B"].double().mean()) == pytest.approx(truth, abs=0.04)


def test_imagined_labels_of_a_unit_whose_picture_was_not_seen():
    """P(B[A=0]=1 | A=1, B=1), by summing over the noise of the picture: B's uniform is below both probabilities."""
    z = torch.linspace(-6, 6, 4001, dtype=torch.float64)
    weight = (-0.5 * z**2).exp()
    p = [torch.sigmoid(6 * (0.5 * a - 0.25 + SPREAD * z).clamp(-1, 1) + a - 1) for a in (0, 1)]
    truth = float((weight * torch.minimum(*p)).sum() / (weight * p[1]).sum())
    answer = MODEL.ask("P(B[A=0]=1 | A=1, B=1)")
    near(answer, truth)
    assert "F: the noise" in answer.assumption


def test_pictures_cannot_be_set():
    with pytest.raises(UsageError, match="is not a label"):
        MODEL.sample(5, do={"F": 1})


def test_weights_are_saved_once():
    names = [name for name in MODEL.state_dict() if "weight" in name]
    assert names == ["images.node:F.weight"]


def test_what_contradicts_a_picture_names_it():
    with pytest.raises(RunError, match="A=1, B=1, C=0, F: none has C=0 where B=1"):
        model("B").counterfactual({"A": 1, "B": 1, "C": 0, "F": torch.zeros(1, 4, 4)}, {}, n=5)


def test_labels_alone_are_drawn_in_pieces_whose_pictures_are_let_go(monkeypatch):
    monkeypatch.setattr("causaldsl.scm.controller.CELLS_OF_PICTURES", 19 * 100)
    sizes = []
    forward = PictureNode.forward
    monkeypatch.setattr(PictureNode, "forward", lambda self, a, z: (sizes.append(len(z)), forward(self, a, z))[1])
    drawn = MODEL.sample(250, pictures=False)
    assert sizes == [100, 100, 50]
    assert {name: len(drawn[name]) for name in drawn} == {"A": 250, "B": 250, "C": 250}
    assert MODEL.sample(250)["F"].shape == (250, 1, 4, 4)
    assert sizes[3:] == [250]
