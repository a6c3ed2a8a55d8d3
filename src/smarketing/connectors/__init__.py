"""The outside: each system or kind of file becomes facts in a folder of its own."""
