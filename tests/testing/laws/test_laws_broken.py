"""Each law tells when it is broken: which nodes, by how much, and how sure that is."""

import re
from pathlib import Path

import pytest
import torch

from causaldsl.evaluate.judge import Judge
from causaldsl.graph.read import read_text
from causaldsl.scm.answers import NumberAnswer
from causaldsl.scm.build import compile_graph
from causaldsl.scm.sampling import Sample
from causaldsl.testing import (
    BrokenLawError,
    check_composition,
    check_consistency,
    check_do_leaves_nondescendants,
    check_effectiveness,
    check_markov,
)
from causaldsl.testing.laws.broken import Finding, require
from tests.runs import begun
from tests.testing.laws.models import CHAIN, REAL, Changed, SharedNoise, SpareNoise, simulator, with_controller


def broken(check, subject, **options) -> BrokenLawError:
    with pytest.raises(BrokenLawError) as caught:
        check(subject, **options)
    return caught.value


def pairs(error: BrokenLawError) -> set[tuple[str, ...]]:
    return {finding.nodes[:2] for finding in error.findings}


# ---- Markov


def test_markov_sees_a_noise_that_two_nodes_share():
    error = broken(check_markov, with_controller(simulator(CHAIN), SharedNoise, shared=("B", "D")))
    assert ("B", "D") in pairs(error)
    assert re.search(r"B _\|\|_ D \| A: given A=[01], P\(B=[01], D=[01]\) is 0\.\d{4} ± 0\.00\d, but P\(B=", str(error))
    assert "20,000 draws of seed 0" in str(error)


def test_markov_sees_it_where_real_nodes_are_given():
    error = broken(check_markov, with_controller(simulator(REAL), SharedNoise, shared=("A", "C")))
    assert pairs(error) == {("A", "C")}
    assert re.search(
        r"A _\|\|_ C \| B: among units that agree in B the correlation is -?[01]\.\d+ ± 0\.0\d", str(error)
    )


def test_markov_sees_an_arrow_too_few_between_real_nodes():
    model = simulator("real A, B, C; A := normal(0, 1); B := A + normal(0, 1); C := B + 0.2*A + normal(0, 1)")
    assert pairs(broken(check_markov, model, graph=read_text("real A, B, C; A -> B -> C"))) == {("A", "C")}


def test_markov_judges_a_model_by_another_graph():
    model = simulator(CHAIN)
    error = broken(check_markov, model, graph=read_text("node A, B, C, D; A -> B, D; C -> B"))
    assert ("A", "C") in pairs(error)
    assert "A _||_ C: in the model's tables P(A, C) is off by 0.0" in str(error)
    check_markov(model, graph=read_text("node A, B, C, D; A -> B, D; B -> C, D; A <-> C"))


def test_markov_needs_draws_for_what_is_small():
    text = "binary A, B; A := bernoulli(0.5); B := bernoulli(0.5 + 0.02*A)"
    alone = read_text("node A, B")

    class NoTables(Changed):
        def joint(self, do=None):
            return super().joint({"A": 0, "B": 0})

    check_markov(NoTables(simulator(text)), graph=alone, draws=2000)
    broken(check_markov, NoTables(simulator(text)), graph=alone, draws=200_000)


# ---- do() leaves non-descendants alone


class SeesInsteadOfDoing(Changed):
    def sample(self, n, do=None, given=None, seed=0, pictures=True):
        return super().sample(n, given=do or given, seed=seed, pictures=pictures)


class OtherTables(Changed):
    def joint(self, do=None):
        return super().joint().given(do) if do else super().joint()


def test_do_sees_that_causes_change():
    error = broken(check_do_leaves_nondescendants, SeesInsteadOfDoing(simulator(CHAIN)))
    assert {("B", "A"), ("C", "A"), ("C", "B")} <= pairs(error)
    assert re.search(
        r"do\(B=1\) changes A in \d[\d,]* of 2,000 units; P\(A=[01]\) goes from 0\.\d{4} ± 0\.01", str(error)
    )


def test_do_sees_a_bit_that_changes():
    error = broken(check_do_leaves_nondescendants, with_controller(simulator(CHAIN), SpareNoise))
    assert {("B", "A"), ("D", "A"), ("D", "B")} <= pairs(error)
    assert re.search(r"do\(D=0\) changes C in 1,\d\d\d of 2,000 units; P\(C=", str(error))


def test_do_sees_tables_that_change():
    error = broken(check_do_leaves_nondescendants, OtherTables(simulator(CHAIN)))
    assert ("B", "A") in pairs(error)
    assert "do(B=1) takes P(A=0) from 0.6 to 0.3 in the tables" in str(error)


def test_do_sees_a_picture_that_changes():
    class Restless(Changed):
        def draw(self, name, values, generator):
            return super().draw(name, values, generator) * (0.5 if bool(values["A"].all()) else 1)

    model = compile_graph(
        read_text("binary A, B; image F[3, 32, 32]; B -> F; A := bernoulli(0.5); B := bernoulli(0.5)")
    )
    error = broken(check_do_leaves_nondescendants, Restless(model))
    assert pairs(error) == {("A", "F")}
    assert "do(A=1) changes F in 8 of 8 units" in str(error)


# ---- effectiveness


class NeverHigh(Changed):
    def sample(self, n, do=None, given=None, seed=0, pictures=True):
        if do and do.get("C") == "high":
            do = {**do, "C": "middle"}
        return super().sample(n, do, given, seed, pictures)


def test_effectiveness_sees_a_level_that_cannot_be_set():
    error = broken(check_effectiveness, NeverHigh(simulator(CHAIN)))
    assert {finding.nodes for finding in error.findings} == {("C",)}
    assert "under do(C=high) C=middle in 1,000 of 1,000 units" in str(error)


def test_effectiveness_sees_a_number_that_is_off():
    class Rounds(Changed):
        def sample(self, n, do=None, given=None, seed=0, pictures=True):
            found = super().sample(n, do, given, seed, pictures)
            return Sample(self.graph, {name: column.round() if do else column for name, column in found.items()})

    assert "under do(A=" in str(broken(check_effectiveness, Rounds(simulator(REAL))))


def test_effectiveness_sees_tables_that_do_nothing():
    class DoesNothing(Changed):
        def joint(self, do=None):
            return super().joint()

    assert "P(A=1 | do(A=1)) is 0.4 in the tables, not 1" in str(
        broken(check_effectiveness, DoesNothing(simulator(CHAIN)))
    )


def test_effectiveness_asks_the_judges_of_a_run(tmp_path: Path):
    text = "binary A, B; image F[3, 32, 32]; A, B -> F; A := bernoulli(0.5); B := bernoulli(0.5)"
    run = begun(tmp_path / "run", compile_graph(read_text(text)), text)
    check_effectiveness(run, pictures=64, least=1.0)
    for kind in ("plain", "robust"):
        Judge(kind, {"A": 2, "B": 2}, 32).save(run.folder / f"judge-{kind}.safetensors")
    error = broken(check_effectiveness, run, pictures=64, least=1.0)  # nothing was trained: they agree by chance alone
    assert pairs(error) == {("A", "F"), ("B", "F")}
    assert re.search(
        r"the plain judge reads A as it was set in 0\.\d+ ± 0\.0\d of all pictures of F \(of real", str(error)
    )
    check_effectiveness(run, pictures=64, least=0.0)


# ---- consistency


def test_consistency_sees_what_confounds():
    error = broken(check_consistency, with_controller(simulator(CHAIN), SharedNoise))
    assert ("A", "B") in pairs(error)
    assert re.search(
        r"P\(B=[01] \| A=[01]\) is \S+ ± \S+, but P\(B=[01] \| do\(A=[01]\)\) is \S+ ± \S+, in draws", str(error)
    )


class Answers(Changed):
    """Answers some questions with something else."""

    def __init__(self, model, part, off):
        super().__init__(model)
        self.part, self.off = part, off

    def ask(self, question, **options):
        answer = super().ask(question, **options)
        if self.part not in question:
            return answer
        rows = tuple(type(r)(r.at, r.p + self.off, r.stderr) for r in answer.table)
        value = None if answer.value is None else answer.value + self.off
        return NumberAnswer(answer.question, value, answer.stderr, answer.method, rows)


@pytest.mark.parametrize(("text", "off"), [(CHAIN, 1e-4), (REAL, 0.1)])
@pytest.mark.parametrize(("part", "said"), [("do(", "do(A="), ("[", "[A=")])
def test_consistency_sees_an_answer_that_is_off(text, off, part, said):
    check_consistency(Answers(simulator(text), part, 0.0))
    error = broken(check_consistency, Answers(simulator(text), part, off))
    assert ("A", "B") in pairs(error)
    assert said in str(error)


# ---- composition


class Imagines(Changed):
    """Tells something else of units."""

    def counterfactual(self, evidence, do, n=1000, seed=0):
        found = {name: column.clone() for name, column in super().counterfactual(evidence, do, n, seed).items()}
        self.alter(found, dict(evidence), do)
        return Sample(self.graph, found)

    def alter(self, found, evidence, do):
        pass


def test_composition_holds_for_what_alters_nothing():
    check_composition(Imagines(simulator(CHAIN)))
    check_composition(Imagines(simulator(REAL)))


@pytest.mark.parametrize("text", [CHAIN, REAL])
def test_composition_sees_that_doing_nothing_does_something(text):
    class Forgets(Imagines):
        def counterfactual(self, evidence, do, n=1000, seed=0):
            return self.sample(n, do=do, seed=seed)

    error = broken(check_composition, Forgets(simulator(text)))
    assert re.search(
        r"had nothing been done, . would have been \S+ instead of \S+ in \d+% of the draws \(unit: A=", str(error)
    )


def test_composition_sees_noise_that_is_drawn_anew():
    class Redraws(Imagines):
        def counterfactual(self, evidence, do, n=1000, seed=0):
            return super().counterfactual(evidence, do, n, seed + len(do))

    error = broken(check_composition, Redraws(simulator(CHAIN)))
    assert "had it been set to that as well" in str(error)


def test_composition_sees_a_cause_that_follows_its_effect():
    class Backwards(Imagines):
        def alter(self, found, evidence, do):
            if "B" in do and do["B"] != evidence["B"]:
                found["A"] = 1 - found["A"]

    error = broken(check_composition, Backwards(simulator(CHAIN)))
    assert re.search(r"had B=[01], A would have been ([01]) instead of [01] in 100% of the draws", str(error))


def test_composition_sees_what_is_set_and_is_not_so():
    class Stubborn(Imagines):
        def alter(self, found, evidence, do):
            if do.get("D", evidence["D"]) != evidence["D"]:
                found["D"] = 1 - found["D"]

    assert re.search(
        r"had D=([01]), D would have been [01] instead of \1",
        str(broken(check_composition, Stubborn(simulator(CHAIN)))),
    )


def test_composition_sees_that_two_worlds_disagree():
    class Loops(Imagines):
        """A and D follow each other once something else is done: more than one solution, so it is not reversible."""

        def alter(self, found, evidence, do):
            if len(do) == 2 and "D" in do and "A" not in do:
                found["A"] = torch.full_like(found["A"], do["D"])
            if len(do) == 2 and "A" in do and "D" not in do:
                found["D"] = torch.full_like(found["D"], do["A"])

    error = broken(check_composition, Loops(simulator(CHAIN)), units=20)
    assert "; yet, " in str(error)


# ---- messages


def test_messages_are_short_and_the_gravest_comes_first():
    findings = [Finding(("A",), f"finding {i}", i) for i in range(8)]
    with pytest.raises(BrokenLawError) as caught:
        require("The law", findings, "a note")
    assert str(caught.value).splitlines() == [
        "The law is broken in 8 ways:", *(f"  finding {i}" for i in (7, 6, 5, 4, 3)), "  and 3 more", "  (a note)",
    ]  # fmt: skip
    assert caught.value.law == "The law"
    assert len(caught.value.findings) == 8
    require("The law", [])
