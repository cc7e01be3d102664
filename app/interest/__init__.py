"""Interest: one side writes to the owner of a listing or a problem what it brings and what it hopes for.

Words: the *sender* is a person with a confirmed affiliation, who speaks for one institution; the *owner* of a listing are
the representatives of its institution, of a problem its author. Rules: one open interest per institution and thing; the
owner who says yes fills the same two lists; **only then do names and addresses open, for both, and the log of it is for
both**; detail that stands under an agreement opens when a representative of each institution accepted the terms of
confidentiality. What nobody answers lapses after ten working days of the owner's institution.
"""
