"""From text to Document: the tree as it was written."""
