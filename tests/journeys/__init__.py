"""Stories of several people through the pages of a running portal, in a real browser."""
