"""Latents that are learned: fitted models against the truth of random ones, and what they refuse to answer."""

import numpy as np
import pytest

from causaldsl.errors import GraphError, UsageError
from causaldsl.graph.identification.evaluation import Tabulated
from causaldsl.graph.read import read_text
from causaldsl.scm.build import compile_graph
from causaldsl.train.config import Config, merge
from causaldsl.train.fit import fit

FRONT_DOOR = "binary X, M, Y\nX -> M -> Y\nX <-> Y\n"
NAPKIN = "binary W, R, X, Y\nW -> R -> X -> Y\nW <-> X; W <-> Y\n"
BOW = "binary X, Y\nX -> Y\nX <-> Y\n"


def steps(number: int) -> Config:
    """A config of so many steps for the labels."""
    return merge(Config(), {"labels": {"steps": number}})


def truth(text: str, seed: int, levels: int = 4):
    """A simulator of the graph with random tables, each `<->` a latent of a few levels."""
    graph = read_text(text)
    rng = np.random.default_rng(seed)
    latents = {pair: f"U{i}" for i, pair in enumerate(graph.confounded)}
    lines = [f"binary {', '.join(graph.columns)}"]
    for name in latents.values():
        weights = rng.dirichlet(np.full(levels, 2.0))
        lines += [f"latent {name} : categorical {{1..{levels}}}", f"{name} := {[(weights / weights.sum()).tolist()]}"]
    for node in graph.nodes:
        unseen = [u for pair, u in latents.items() if node.name in pair]
        rows = [[1 - p, p] for p in rng.uniform(0.05, 0.95, 2 ** len(node.parents) * levels ** len(unseen)).tolist()]
        given = ", ".join([*node.parents, *unseen])
        lines.append(f"{node.name}{' | ' if given else ''}{given} := {rows}")
    return compile_graph(read_text("\n".join(lines)))


@pytest.mark.parametrize("text", [FRONT_DOOR, NAPKIN], ids=["front door", "napkin"])
def test_identifiable_effects_are_the_truths(text, tmp_path):
    model = truth(text, 1)
    data = {name: column.numpy() for name, column in model.sample(20_000, seed=1).items()}
    run = fit(compile_graph(read_text(text)), data, tmp_path / "run", config=steps(800))
    for question in ("P(Y=1 | do(X=1))", "P(Y=1 | do(X=0))"):
        assert run.ask(question).value == pytest.approx(model.ask(question).value, abs=0.03)
    fitted = run.model.joint().marginal(*run.graph.columns).numpy()
    verdict = run.graph.identify("P(Y | do(X))")
    simulated = np.stack([run.model.joint({"X": x}).marginal("Y").numpy() for x in (0, 1)])
    estimand = verdict.evaluate(Tabulated(run.graph.columns, fitted))
    table = estimand.values if estimand.names == ("X", "Y") else estimand.values.T
    assert table == pytest.approx(simulated, abs=1e-5)
    drawn = run.sample(50_000, do={"X": 1}, seed=0)
    assert float(drawn["Y"].double().mean()) == pytest.approx(simulated[1, 1], abs=0.01)


def test_what_is_not_identifiable_is_refused(tmp_path):
    model = truth(BOW, 0)
    data = {name: column.numpy() for name, column in model.sample(2000, seed=0).items()}
    with pytest.raises(GraphError, match="not identifiable: there is a hedge"):
        fit(compile_graph(read_text(f"{BOW}query P(Y | do(X))")), data, tmp_path / "refused")
    run = fit(compile_graph(read_text(BOW)), data, tmp_path / "run", config=steps(100))
    assert run.ask("P(Y=1 | X=1)").warning is None
    with pytest.raises(UsageError, match="not identifiable"):
        run.ask("P(Y=1 | do(X=1))")
    with pytest.raises(UsageError, match="not identifiable"):
        run.ask("P(Y=1 | do(X := bernoulli(0.5)))")
    assert "not identifiable" in run.ask("P(Y=1 | do(X=1))", allow_unidentified=True).warning
    assert "hedge" in str(run.ask("P(Y=1 | do(X=1)) > 0.5", allow_unidentified=True))


def test_a_run_that_was_allowed_warns(tmp_path):
    data = {name: column.numpy() for name, column in truth(BOW, 0).sample(500, seed=0).items()}
    model = compile_graph(read_text(f"{BOW}query P(Y | do(X))"))
    run = fit(model, data, tmp_path / "run", allow_unidentified=True, config=steps(5))
    assert "not identifiable" in run.ask("P(Y=1 | do(X=1))").as_json()["warning"]


def test_a_declared_latent_has_its_levels_and_a_learned_law(tmp_path):
    text = "binary A, B, C\nlatent U : binary\nU -> A, B, C\n"
    source = "latent U : binary; binary A, B, C; U := bernoulli(0.3)\nA := bernoulli(0.1 + 0.8*U)\n"
    model = compile_graph(read_text(source + "B := bernoulli(0.9 - 0.7*U); C := bernoulli(0.2 + 0.6*U)"))
    data = {name: column.numpy() for name, column in model.sample(20_000, seed=0).items()}
    run = fit(compile_graph(read_text(text)), data, tmp_path / "run", config=steps(800))
    names = ("A", "B", "C")
    law, fitted = (m.joint().marginal(*names).numpy() for m in (model, run.model))
    assert abs(law - fitted).sum() / 2 < 0.012
    assert abs(float(run.model.joint().marginal("U")[1]) - 0.5) == pytest.approx(0.2, abs=0.05)  # up to its two names
    with pytest.raises(UsageError, match="`U` is latent"):
        run.ask("P(U=1)")


def test_a_real_effect_of_a_latent_is_learned(tmp_path):
    source = "latent U : binary; binary X; real Y; U := bernoulli(0.5); X := bernoulli(0.2 + 0.6*U)\n"
    model = compile_graph(read_text(source + "Y := 3*U + X + normal(0, 0.5)"))
    data = {name: column.numpy() for name, column in model.sample(1000, seed=0).items()}
    run = fit(
        compile_graph(read_text("latent U : binary; binary X; real Y; U -> X, Y; X -> Y")), data, tmp_path / "run"
    )
    fitted, seen = run.sample(5000, seed=1), model.sample(5000, seed=2)
    for x in (0, 1):
        a, b = fitted["Y"][fitted["X"] == x].double(), seen["Y"][seen["X"] == x]
        assert float(a.mean()) == pytest.approx(float(b.mean()), abs=0.25)
        assert float(a.std()) == pytest.approx(float(b.std()), abs=0.25)


def test_wgan_draws_latents_that_its_critic_never_sees(tmp_path):
    data = {name: column.numpy() for name, column in truth(BOW, 2).sample(4000, seed=0).items()}
    text = BOW + "default binary ~ wgan(critic_hidden=32)"
    run = fit(compile_graph(read_text(text)), data, tmp_path / "run", config=steps(300))
    seen = np.stack([data["X"], data["Y"]], 1)
    law = np.bincount(seen @ [2, 1], minlength=4).reshape(2, 2) / len(seen)
    drawn = run.sample(50_000, seed=0)
    found = np.bincount((drawn["X"] * 2 + drawn["Y"]).numpy(), minlength=4).reshape(2, 2) / 50_000
    assert abs(law - found).sum() / 2 < 0.08


def test_nodes_that_share_a_latent_are_learned_in_one_way():
    with pytest.raises(GraphError, match="which share the latent `X <-> Y`"):
        compile_graph(read_text(BOW + "Y ~ wgan"))
