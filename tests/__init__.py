"""Tests: one file per source file, plus guards (layers, docs, browser) and benchmarks."""
