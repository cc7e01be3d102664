"""What is typed about teams."""
