"""Built-in data sets, each a plugin like anyone's."""
