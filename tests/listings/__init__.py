"""Tests of offers and needs."""
