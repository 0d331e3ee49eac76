"""A conversation: the read path, from a question to an answer that can be checked.

state       what travels through the graph
deps        what the nodes are given
small_talk  questions that need no document
followup    a follow-up -> a question that stands on its own, by rules
router      question -> route, with no model call
nodes       one step each: contextualize, route, talk, think, calculate, answer, verify
evidence    the steps around evidence: retrieve, judge, rewrite, abstain
drafting    what a model is asked for on the way
builder     the wiring
prompts     values in, messages out
examples    labelled questions for the router, and answers to show a model
units       hits -> the smallest spans worth quoting
relevance   how well a unit answers a question, with
asked, asked_days, definition   the kind of answer, the days and the meaning that it asks for
extract     the answer without any model: the best units, quoted and cited
judge       is there enough evidence to answer at all?
document    one whole document: which one, its sections, its summary
answering   a model's guarded answer, its passages and examples; abstention
guard       a model's stream -> what may be shown
phrases     what the product itself says, in both languages
citations   marks <-> spans, and the support check
calculate   closed arithmetic, never exec or eval
chat        the facade: ask, stream
search_command, filter_flags, explained   `search` on the command line: where to look, what was found, and why
evaluate    golden questions -> scores
doctor      what is in order and what is not
"""
