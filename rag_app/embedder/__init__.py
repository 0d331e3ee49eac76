"""The Korean-English embedder that ships with the product, and the recipe that made it.

static         run time: texts -> unit vectors by table look-up (numpy, sentencepiece and tokenizers)
pieces         run time: texts -> ids of the table's rows
unigram        the tokenizer's vocabulary as a sentencepiece model
model/         weights, tokenizer, manifest, model card

The recipe (`python -m rag_app.embedder.train --data DIR`) needs torch and is never imported at run time:

measured       which training texts stand in a measured set
data           training folder -> pairs of texts that belong together
vocabulary     texts -> the tokenizer
teacher        English texts -> vectors of the English teacher, cached
hard_negatives passages that share a heading's words and are not its section
initial        the token table before training: the teacher's words, random directions, rarity
contrast       the training loop: batches, losses, schedule
settle         the mean of the runs, row lengths and directions after training
export         table + tokenizer -> model folder with manifest
train          the command line that puts these together
"""
