"""For tests of causal code, ours and others': hypothesis strategies, torch-free."""

from causaldsl.testing.program_texts import folders, programs
from causaldsl.testing.strategies import graphs, mutations, token_soups

__all__ = ["folders", "graphs", "mutations", "programs", "token_soups"]
