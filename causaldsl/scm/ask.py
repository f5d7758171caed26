"""Ask a model for numbers: probabilities and expectations of what is seen, done and imagined, and claims about them.

Exactly where tables hold what is asked about, in as many worlds as the question names; else from draws, weighted where
something was seen. What is computed from numbers is computed once from all draws and once without each group of them,
so that its error accounts for the draws that its numbers share.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from causaldsl.errors import UsageError
from causaldsl.graph.parse_question import parse_question
from causaldsl.graph.question import Denied, Numeric, Query, numeric
from causaldsl.scm.answers import ClaimAnswer, NumberAnswer
from causaldsl.scm.identified import why_unidentified
from causaldsl.scm.sides import Side, judged

if TYPE_CHECKING:
    from causaldsl.scm.model import CausalModel


def ask(
    model: CausalModel, question: str | Query, draws: int | None, seed: int, allow_unidentified: bool
) -> NumberAnswer | ClaimAnswer:
    """Answer a question about numbers.

    Parameters
    ----------
    model : CausalModel
        The model.
    question : str or Query
        In the language of questions, without `query` before it.
    draws : int, optional
        How many units are drawn where no table holds the answer; more, where what was seen leaves little of them. If
        None 100,000, or 10,000 that need pictures.
    seed : int
        Of the draws.
    allow_unidentified : bool
        Answer, with a warning, what no data could tell of a model with latents.

    Raises
    ------
    UsageError
        If the question cannot be read, is about the graph, cannot be answered by this model, or is not identifiable.
    RunError
        If what is conditioned on has probability zero.
    """
    query = parse_question(question, model.graph) if isinstance(question, str) else question
    claim = numeric(query)
    if claim is None:
        raise UsageError(
            f"`{query}` is a question about the graph, not about numbers", "ask the graph: `graph.ask(..)`"
        )
    reasons = [reason for q in claim.quantities if (reason := why_unidentified(model, q)) is not None]
    if reasons and not allow_unidentified:
        hint = "`--allow-unidentified` answers all the same, from the mechanisms that were learned: others fit as well"
        raise UsageError(reasons[0], hint)
    answer = _answer(model, query, claim, draws, seed)
    return replace(answer, warning="; ".join(filter(None, (reasons[0], answer.warning)))) if reasons else answer


def _answer(
    model: CausalModel, query: Query, claim: Numeric, draws: int | None, seed: int
) -> NumberAnswer | ClaimAnswer:
    left = Side(model, claim.left, draws, seed)
    if claim.relation is None or claim.right is None:
        return left.answer(str(query))
    claimed = judged(str(query), claim, left, Side(model, claim.right, draws, seed))
    if isinstance(query, Denied) and claimed.answer is not None:
        return replace(claimed, answer=not claimed.answer)
    return claimed
