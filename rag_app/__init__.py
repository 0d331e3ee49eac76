"""The floor of the house: what the ingestion job and the conversation must both agree on.

errors         the drawn tree of failures
schema         the nouns
settings       every switch, read once in an entry point
cleaning       raw text -> clean text, on which every offset is made
sentences      clean text -> sentence spans, Korean and English
language       language detection and lexical terms (the door to Kiwi)
embedding      texts -> unit vectors, and the cache that never embeds a text twice
embedder       the Korean-English model that ships with the product
index          a generation: catalog, vectors (the door to Chroma), lexical (the door to tantivy)
ranking        pure arithmetic on ranked lists
retrieval      question -> best hits, with the reasons
llm            "provider:model" -> chat model (the door to the providers)
conversations  turns and chats that must never be lost
feedback       thumbs up and down, with their reasons
metrics        scores from ids and spans
views          Streamlit pieces that draw what they are given
"""
