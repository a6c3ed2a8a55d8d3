"""One run from end to end: load, answer, report, demo, bench."""
