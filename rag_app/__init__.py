"""The floor of the house: what the ingestion job and the conversation must both agree on.

errors         the drawn tree of failures
schema         the nouns of documents
search_result  the nouns of a search: hits and their reasons
answer         the nouns of a conversation: answers, citations, turns
events         what happens while a question is answered
receipts       what an ingestion run did
reading_notes  what it says of a file, in Korean (the sentences are in `reading_notes_ko`)
settings       every switch, read once in an entry point
cleaning       raw text -> clean text, on which every offset is made
places         pages, slides, rows and cells of a stretch of text
sentences      clean text -> sentence spans, Korean and English
language       language detection and lexical terms (the door to Kiwi)
analyses       what Kiwi says of single words, kept; with `word_families`, stems and the endings seen behind them
embedding      texts -> unit vectors, and the cache that never embeds a text twice
embedder       the Korean-English model that ships with the product
model_hub      other models by name: a folder, a copy, or the hub, asked once
index          a generation: catalog, vectors (the door to Chroma), lexical (the door to tantivy)
ranking        pure arithmetic on ranked lists
reranking      a cross-encoder's second look at the best of them, off unless one is named
explanation    why a hit stands where it stands
query_syntax   a question with filters in it -> the question, and the filters
filters        which documents meet them, and with `filter_hints` what to say when none does
dates          the date of a document, and periods of time
calendar_days  the days that a text names, however they are written
scopes         a search among the documents that filters leave
respelling     borrowed words typed as they sound, as the documents spell them
retrieval      question -> best hits, with the reasons
llm            "provider:model" -> chat model (the door to the providers)
conversations  turns and chats that must never be lost
feedback       thumbs up and down, with their reasons
metrics        scores from ids and spans
processes      child processes that end with their parent
freed_memory   what was freed, handed back to the system
terminal       standard output in UTF-8, which its reader may close
views          Streamlit pieces that draw what they are given
"""
