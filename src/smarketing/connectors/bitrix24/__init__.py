"""How does a Bitrix24 portal become facts, and what may be written back to it?

`client` speaks REST, `records` checks what comes, `walks` reads streams into the mirror, `facts` makes facts of
the mirror. What is known of the vendor's interface stands in docs/reference/bitrix24.md.
"""
