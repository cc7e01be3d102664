"""Outcomes: what came of the work, with evidence, confirmed by another institution, credited with consent."""
