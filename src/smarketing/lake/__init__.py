"""Where the facts lie, and the engine that answers questions over them."""
