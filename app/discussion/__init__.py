"""Threads on things, with an audience a comment; mentions, history, contributors; reports and the moderators' queue."""
