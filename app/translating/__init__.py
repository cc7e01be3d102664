"""Translations by the community: given by somebody who reads both languages, checked by another, shown and credited."""
