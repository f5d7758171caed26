"""Built-in image models, each a plugin like anyone's."""
