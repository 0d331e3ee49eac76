"""Torture: ingestion is killed and published files are damaged, while a reader like the page's goes on asking.

notes       a small folder of notes that changes from round to round, and what an index of it must say
processes   the real child processes: one that ingests and may die, one that answers like the page
judging     what must hold after every blow
kills       kill -9 at seeded moments, and at each step of the run itself
damages     published files cut, zeroed, flipped, deleted, swapped

`python -m tests.torture --kills 200 --damages 100` prints the counts; tests/test_torture.py runs a few of each.
"""
