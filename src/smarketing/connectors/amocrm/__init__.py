"""amoCRM (Kommo): cards, contacts, pipelines, events, calls and tasks of an account, read and made into facts."""
