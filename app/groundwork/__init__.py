"""The fourteen questions that partners settle before a team's project starts: each answers alone, then all see all."""
