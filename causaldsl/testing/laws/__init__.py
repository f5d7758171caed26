"""Laws that every causal model keeps, as functions that raise where a model breaks one. Torch comes with them."""
