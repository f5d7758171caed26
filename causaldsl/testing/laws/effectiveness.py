"""What is set is so."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Generator

from causaldsl.evaluate.evaluation import KINDS, judge_path, run_judges
from causaldsl.evaluate.readings import effectiveness
from causaldsl.graph.domain import Discrete, Value, quoted
from causaldsl.scm.model import CausalModel
from causaldsl.testing.laws.broken import Finding, require
from causaldsl.testing.laws.subject import Subject, code_of, model_of, same, spelled, value_of, values_of
from causaldsl.train.run import Run

_ERRORS = 4.0
"""How many standard errors a share has to be clear of its bound."""


def check_effectiveness(
    subject: Subject, *, draws: int = 1000, seed: int = 0, pictures: int = 500, least: float = 0.75
) -> None:
    """Check that what is set is so: in the labels, and in the pictures as judges read them.

    Each label is set to its values, by itself and all labels together. Where a run has judges (`causaldsl evaluate`
    trains them), labels drawn uniformly are asked for, and every judge has to read each of them in the pictures often
    enough.

    Parameters
    ----------
    subject : Run or CausalModel
        What to check.
    draws, seed : int
        Units to look at.
    pictures : int
        How many pictures the judges read.
    least : float
        What share of them has to be read as asked, for each label.

    Raises
    ------
    BrokenLawError
        With what was set, and what was found instead.

    Examples
    --------
    >>> import causaldsl as cd
    >>> check_effectiveness(cd.compile(cd.parse("binary A, B; A := bernoulli(0.3); B := not A")))
    """
    model = model_of(subject)
    graph = model.graph
    seen = dict(model.sample(draws, seed=seed, pictures=False))
    findings: list[Finding] = []
    for name in graph.columns:
        for value in values_of(graph, seen, name):
            findings += _missed(model, {name: value}, draws, seed)
            findings += _improbable(model, name, value)
    generator = Generator().manual_seed(seed)
    for _ in range(8):
        tried = {name: values_of(graph, seen, name) for name in graph.columns}
        picked = {n: v[int(torch.randint(len(v), (), generator=generator))] for n, v in tried.items()}
        findings += _missed(model, picked, draws, seed)
    note = f"{draws:,} draws of seed {seed}"
    if isinstance(subject, Run) and all(judge_path(subject, kind).exists() for kind in KINDS):
        findings += _unseen(subject, pictures, seed, least)
        note += f"; judges read {pictures:,} pictures, at least {least:g} of them as asked"
    require("The law of effectiveness", findings, note)


def _missed(model: CausalModel, do: dict[str, Value], draws: int, seed: int) -> Iterator[Finding]:
    found = model.sample(draws, do=do, seed=seed, pictures=False)
    shown = ", ".join(spelled(name, value) for name, value in do.items())
    for name, value in do.items():
        domain = model.graph[name].domain
        column = found[name]
        wrong = ~same(column, torch.full_like(column, code_of(domain, value)))
        if bool(wrong.any()):
            instead = value_of(domain, column[wrong][0].item())
            share = int(wrong.sum()) / len(wrong)
            text = f"under do({shown}) {spelled(name, instead)} in {int(wrong.sum()):,} of {len(wrong):,} units"
            yield Finding((name,), text, share)


def _improbable(model: CausalModel, name: str, value: Value) -> Iterator[Finding]:
    domain = model.graph[name].domain
    if not isinstance(domain, Discrete):
        return
    law = model.joint({name: domain.index(value)})
    p = float(law.marginal(name)[domain.index(value)]) if name in law.names else 1.0
    if abs(p - 1) > 1e-9:
        event = spelled(name, value)
        yield Finding((name,), f"P({event} | do({event})) is {p:.6g} in the tables, not 1", 1 - p)


def _unseen(run: Run, pictures: int, seed: int, least: float) -> Iterator[Finding]:
    image = run.graph.images[0]
    judges = run_judges(run, image, lambda _: None)
    read = effectiveness(run.model, image, judges, pictures, seed)
    for judge in judges:
        for label, p in read.by_judge[judge.kind].items():
            error = math.sqrt(max(p * (1 - p), 1 / pictures) / pictures)
            if p + _ERRORS * error < least:
                real = float(judge.accuracy[judge.labels.index(label)])
                text = f"the {judge.kind} judge reads {quoted(label)} as it was set in {p:.3f} ± {error:.1g} of all"
                text += f" pictures of {quoted(image)} (of real ones it reads {real:.3f} rightly)"
                yield Finding((label, image), text, least - p)
