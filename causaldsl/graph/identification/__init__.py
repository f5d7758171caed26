"""What a graph says about effects and counterfactuals: estimands, or the structure that forbids them.

A question such as `P(Y | do(X))` is about a world in which something is done; data come from a world in which nothing
is. `identify` turns the one into the other where the graph allows it, for every model of the graph, and names what
stands in the way where it does not. One algorithm a file:

- `mixed`: the graph that the algorithms walk, latents projected away, by numbers
- `c_factors`: what a district contributes, and how smaller ones are had from larger ones
- `effects`: ID, for `P(Y | do(X))`; `conditional`: IDC, for `P(Y | do(X), Z)`; `hedge`: why ID fails
- `parallel`: the counterfactual graph; `counterfactuals`: ID* and IDC*, for questions across worlds
- `estimand`, `algebra`, `names`, `spelling`, `evaluation`: what an answer is, how it is simplified, named, written and
  computed
- `random_models`, `verify`: models to try an answer on
"""
