"""Benchmarks: figures for docs/guide/evaluation.md, each with the command that reproduces it. Not part of `make test`.

beir        retrieval sets in the BEIR form; golden: the golden questions as one more
baselines   plain BM25 over words and over Hangul bigrams
retrieval   nDCG, recall and latency of the product beside its parts and the baselines
ablation    what each part of the search brings, by searching without it (parts)
train_reranker  a small English cross-encoder, to measure the second look with where no published one is at hand
sweep       how large a passage should be
fit_fusion  the weights of the fusion, learned on half of the questions (evidence)
ingestion   files -> index: seconds, passages a second, peak memory, second run, beside a floor and LangChain
latency     a whole search beside a bare Chroma query

indexed, scores, ingesting, synthetic, resources, measurements, langchain_baseline are what these are made of.
"""
