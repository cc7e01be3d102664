"""Demonstration: a portal in which something has happened already, and one that is full, for measuring.

Words: the *demonstration* is the content of `data/` (real institutions and needs, invented people), told as a history of
the last months through the portal's own actions; a *filled* portal holds as many made-up things as are asked for.
Rules: neither is ever loaded in production; everybody in them is marked (`Person.is_demo`); the demonstration is all
there or not at all.
"""
