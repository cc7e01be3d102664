"""Groundwork: the fourteen questions that partners settle before a team's project starts.

Words: a *round* of answers is each member's own, unseen by the others; *opened* it stands side by side for the team;
a *mark* says that answers differ; a *line* is what the team agrees on for a question; lines are *confirmed* by lead or
deputy and then *accepted* by every member.
Rules: nobody sees an answer of another before the round is opened: when all have handed theirs in, or by lead or deputy
after its due date, with the names of those who did not answer; what was not handed in stays its writer's. Members mark
differences themselves: no machine judges whether two texts say the same. A line that is changed is accepted anew by all.
Active members alone read any of it; leads of the consortium see only whether it is done. Who joins later reads and accepts.
"""
