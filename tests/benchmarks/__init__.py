"""Benchmarks: figures for docs/guide/evaluation.md, each with the command that reproduces it. Not part of `make test`.

beir        retrieval sets in the BEIR form
baselines   plain BM25 over words and over Hangul bigrams
retrieval   nDCG, recall and latency of the product beside its parts and the baselines
ingestion   files -> index: seconds, passages a second, peak memory, second run, beside a floor and LangChain
latency     a whole search beside a bare Chroma query

ingesting, synthetic, resources, measurements, langchain_baseline are what these are made of.
"""
