"""How does the product talk with systems that live elsewhere, whichever they are?

One shape for all: a connector walks streams of records page by page; the mirror keeps what came, together with the
place to go on from; facts are made from the mirror. A connector is a folder beside this one.
"""
