"""Frequent Korean words with Kiwi's morphemes (`words.bin`, see README.md), and how the list is made (`make`, `families`)."""
