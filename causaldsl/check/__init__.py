"""Can the graph be built? Mechanisms, their options and the data's columns, checked without torch."""
