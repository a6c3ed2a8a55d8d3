"""Who owes what, by when, and what is still missing?"""
