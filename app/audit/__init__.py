"""The audit: who did what to which thing, when, with what before and after. Append-only and hash-chained.

Every action of every feature calls `audit.services.record` inside its transaction. Entries name the thing and the
consortium, institution or team under whose roof it happened, so that those who answer for it may read them.
"""
