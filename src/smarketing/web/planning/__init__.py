"""The plan on its page: typed, confirmed, read over two horizons."""
