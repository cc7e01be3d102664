"""Projects: joint work with a goal, dates, partner institutions and milestones.

Words: the *host* is the institution of the lead when the project was registered; a *partner* is an institution with a
role, listed from the moment at which its representative accepted; a *member* is a person, listed from the moment at
which they accepted; a *block* is a part of the page with a visibility of its own.
Rules: registered by a person with a confirmed affiliation, accepted, returned or rejected by a lead of the consortium
who has no part in it (an administrator with a reason where no such lead exists); active when its team is approved and
nothing else is missing, closed when nothing is: what is asked stands in `queries.gates`, where other features add theirs.
"""
