"""File formats of graphs: text in, graph out, and back."""
