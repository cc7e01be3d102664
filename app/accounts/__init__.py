"""Accounts: a person, how they sign in, and what they say of themselves.

Words: a *person* is an account, with one display name in their own order and script. A *sign-in* is a session kept
on the server; the cookie holds only its opaque token. A *ticket* is a link sent by mail that proves an address
(confirm, reset, change). Rules: known and unknown addresses get the same answer in the same time; one throttle
serves all paths; an address is shown to nobody but its owner; closing an account anonymises the person and keeps
the records they left.
"""
