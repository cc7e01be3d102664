"""Agreements between institutions: a text, commitments give and get, one version that all sign.

A draft is written in parts and sent; the parties revise it in numbered versions until all are content with one. The named
signatory of each party signs that exact text (its SHA-256), never while a party only gives or only gains without having
named that as a gift. The last signature brings it into force: commitments become lines of the ledger, its project may begin.
What is in force changes by amendments, and ends by its last day or by notice.
"""
