"""Measures the pages of a filled portal against the budgets. No part of the tests: `python -m tests.bench`."""
