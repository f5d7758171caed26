"""The language server: what an editor asks of a text, as pure functions; only `server` knows the protocol."""
