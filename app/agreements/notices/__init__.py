"""Whom we tell what about agreements: while they are negotiated, and from signing on."""
