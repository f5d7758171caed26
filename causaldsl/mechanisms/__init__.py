"""Built-in kinds of mechanism, each a plugin like anyone's."""
