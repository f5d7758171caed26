"""The graph as it is meant: nodes, domains, edges, and the theory on them, one algorithm a file."""
