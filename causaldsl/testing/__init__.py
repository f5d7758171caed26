"""For tests of causal graphs and models, ours and yours.

Hypothesis strategies draw graphs, programs, models, interventions and questions (`graphs`, `programs`, `scms`, ..); the
laws of causality are functions that a model or a run keeps or breaks (`check_markov`, ..); and a pytest plugin makes a
test of each `assert` of a `.causal` file. docs/property-testing.md is the guide.

Importing the room loads neither hypothesis nor torch; both come with the names that need them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from causaldsl.testing.images import check_image_model
    from causaldsl.testing.laws.broken import BrokenLawError
    from causaldsl.testing.laws.composition import check_composition
    from causaldsl.testing.laws.consistency import check_consistency
    from causaldsl.testing.laws.effectiveness import check_effectiveness
    from causaldsl.testing.laws.markov import check_markov
    from causaldsl.testing.laws.nondescendants import check_do_leaves_nondescendants
    from causaldsl.testing.mechanisms import check_mechanism
    from causaldsl.testing.program_texts import folders, programs
    from causaldsl.testing.random_graphs import admgs, graphs
    from causaldsl.testing.random_questions import interventions, questions
    from causaldsl.testing.random_scms import scms
    from causaldsl.testing.strategies import any_graphs, mutations, token_soups

__all__ = [
    "BrokenLawError",
    "admgs",
    "any_graphs",
    "check_composition",
    "check_consistency",
    "check_do_leaves_nondescendants",
    "check_effectiveness",
    "check_image_model",
    "check_markov",
    "check_mechanism",
    "folders",
    "graphs",
    "interventions",
    "mutations",
    "programs",
    "questions",
    "scms",
    "token_soups",
]

_LAZY = {
    "BrokenLawError": "laws.broken",
    "admgs": "random_graphs",
    "any_graphs": "strategies",
    "check_composition": "laws.composition",
    "check_consistency": "laws.consistency",
    "check_do_leaves_nondescendants": "laws.nondescendants",
    "check_effectiveness": "laws.effectiveness",
    "check_image_model": "images",
    "check_markov": "laws.markov",
    "check_mechanism": "mechanisms",
    "folders": "program_texts",
    "graphs": "random_graphs",
    "interventions": "random_questions",
    "mutations": "strategies",
    "programs": "program_texts",
    "questions": "random_questions",
    "scms": "random_scms",
    "token_soups": "strategies",
}


def __getattr__(name: str) -> Any:
    """Import a part when it is named."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise ImportError(f"`{name}` needs hypothesis: pip install 'causaldsl[testing]'") from None


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
