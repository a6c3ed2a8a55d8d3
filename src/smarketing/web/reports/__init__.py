"""Pages and documents with figures."""
