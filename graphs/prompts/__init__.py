"""Every word that goes to a language model: values in, messages out.

material       passages between numbered tags, made harmless and cut to a budget
answer         the visible answer, in each style
think          the silent steps before it
calculation    a program for `graphs.calculate`
search         a follow-up made self-contained, and a better search
"""
