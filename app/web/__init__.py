"""What every page and interface stands on. Knows no feature."""
