"""Problem statements: a need of the world, posted to a consortium, open to teams.

Words: a *review* is one round of submitting and deciding; an *endorsement* is an institution saying "we have this
problem too"; a problem is *merged* into a survivor, which takes its teams, followers, endorsements and credit.
Rules: published, returned, rejected or merged by a lead of its consortium who did not write it (an administrator
with a reason where no such lead exists); a published problem with teams at work cannot be withdrawn; it expires
when `open_until` has passed and is renewed by its author or a lead.
"""
