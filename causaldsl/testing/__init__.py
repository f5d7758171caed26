"""For tests of causal code, ours and others': hypothesis strategies, torch-free."""
