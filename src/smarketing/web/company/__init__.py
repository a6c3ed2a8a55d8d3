"""The settings on pages: the same content as company.toml, section by section, and the file as a whole."""
