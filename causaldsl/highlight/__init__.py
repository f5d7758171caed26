"""Colours for causal texts: one list of rules, for Pygments and for editors that read TextMate grammars."""
