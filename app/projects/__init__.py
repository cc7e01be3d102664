"""Projects: joint work with a goal, dates, partner institutions and milestones."""
