"""Institutions: the registry, built on ROR, and who belongs to what.

Words: an *institution* is an organisation; a *claim* is somebody asking to represent it; an *affiliation* is a
person at an institution, as *member* or *representative* (who may also be *signatory*, and one of them *deputy*).
Rules: an affiliation is confirmed automatically for a confirmed address at a domain of a verified institution, else
by a representative; an institution is verified by an administrator, never their own; the last representative cannot
leave before handing over; nobody decides their own claim or affiliation.
"""
