"""The index: generations that never change once they are published.

folder      names inside the index folder; CURRENT; durable writes
lock        one writer at a time, named by its process
seal        the hash of every file of a generation, checked before it is opened
proof       which generation was read through and found whole, so that it need not be read again
tables      the SQL tables of a catalog
catalog     sources, chunks, placements, texts of one generation, read-only
documents   documents of a catalog while it is written
reports     the places in each document's text, and how its file was read
draft       a catalog while it is written: one change applied, and what the two engines must do about it
vectors     ids and vectors (the door to Chroma)
nearest     the nearest vectors of an open generation, from Chroma's engine (the reader's door)
lexical     BM25 over our own terms (the door to tantivy)
connections connections to a catalog, kept for the next reader
evidence    what ranking needs of some chunks
snapshot    one published generation, opened so that nothing in it is touched
base        the generation that a build starts from
building    from a copy of the live generation and a change to the next generation
making      the evidence of chunks made: their vectors and terms
spool       vectors on their way from the embedder into catalog and Chroma
filling     Chroma's files brought in line with the catalog, in a process of its own where that pays
publishing  a finished folder becomes the live generation
live        the live generation, open for all threads and followed
store       the generations: current, open, build, publish, roll back, prune, sweep

A chunk has one number, its *row* in the catalog, and is known by it in all three stores. A row is never used twice.
"""
