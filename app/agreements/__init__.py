"""Agreements between institutions: a text, commitments give and get, one version that all sign."""
