"""The page: functions that draw what they are given and know no engine.

page               one run of the page, from what it is given
given              what the views are handed: values and callables
state              what a browser tab remembers
texts              every word of the page: the record; text_ko, text_en fill it, words picks one
markdown           the only way somebody else's text gets onto the page: everything is escaped, a few constructs are allowed back
blocks             the same for whole texts, with one passage highlighted
passage            a citation in its surroundings
sidebar            chats, documents, language, help
documents          what is in the index, to search and to read
reports            how a document was read: what the receipt says of its file
welcome            the first screen, and what is shown when nothing can be asked
chat               the turns and what one can do with them
stream             an answer while it is written
details            how an answer was found
sources            the drawer with the cited passage
clicks             a click on a number in an answer opens the drawer
export             an answer or a conversation as Markdown to take along
faults             failures as one sentence
__main__           starts the page's server
"""
