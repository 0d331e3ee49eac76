"""Ingestion: the write path, from files to a new generation of the index.

formats    one file per family: bytes -> clean text with an outline
reader     path -> source text, with limits; the one place that opens documents
sandbox    parsers in a child process with limits (sandbox_child is its inside, source_json the pipe between)
suspicion  what is odd about a text: instructions to a model, hidden characters, garbage
chunking   source text -> pieces: pure, lossless, aware of headings
blocks     where a text may be cut, and how gladly
words      where a word without end is cut
scan       the walk over a folder
ignore     what the walk passes over
roots      names and keys of folders and sources
plan         wanted x have -> what to do: pure
targets      the command's paths: what is there, and what the run owns
cutting      one file read and cut, wherever that is done
read_ahead   the same by a child process ahead of the run (outcome_json is the pipe between)
content      source text -> what the index keeps: pure
work         what a run reads, and reading it
run          what is gathered on the way, and the receipt
sync         the shell: scan, plan, read, build a generation
generations  status, differences and checks of published generations
report       receipts and differences as words and as JSON
receipt_table  the files of a run, a line for each
progress     the bar on a terminal
export       a generation as JSON lines
watch        ingestion as files change
commands     status, diff, rollback, prune, verify, export
texts        every word of the command line in Korean and English
"""
