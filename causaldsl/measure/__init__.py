"""Measures of distance between laws: pure functions of numbers."""
