"""causaldsl: causal graphs as text, compiled to generative models that know seeing from doing."""
