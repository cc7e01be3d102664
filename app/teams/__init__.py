"""Teams: the people who take on a problem.

Words: a *membership* is a person in a team through one institution; a *request* is asked by the person, an
*invitation* by the team; an *open role* is a seat with a skill; a *line* says what an institution brings or hopes to
gain, and every gain points to somebody's brings or to an expected outcome; a *proposal* asks the consortium's leads.
Rules: nobody is listed without their own acceptance; the side that did not ask accepts; seats are never oversold;
**a team can be proposed only when every institution in it brings something and gains something**; approved by a lead
of the consortium who is not in the team (an administrator with a reason where no such lead exists).
"""
