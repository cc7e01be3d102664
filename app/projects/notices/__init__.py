"""Whom we tell what about projects; the words stand in templates/projects/mail."""
