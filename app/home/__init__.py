"""Home: the first page, what waits for a person, the pages about the portal, and how it is doing.

Visitors see what this is, for whom, and what is going on. Somebody signed in sees what waits for them, their drafts,
their teams and what changed; those who lead, represent or administer find the way to their work. Nothing is decided here.
"""
