"""The structural causal model: mechanisms and their noise, the controller over labels, image models attached."""
