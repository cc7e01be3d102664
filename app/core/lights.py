"""The light of something that has a next date: green in time, yellow late, red very late. The rule of projects and exchanges."""

from datetime import date

RED_AFTER = 30  # days
YELLOW_FOR = 30  # days after something was reported late
NO_DATE = date(9999, 12, 31)  # for sorting: nothing is due


def light_of(due_next: date, late_until: date | None, today: date) -> str:
    """Green when nothing is late, yellow when something is, red when for more than 30 days.

    What was reported late leaves the light yellow for 30 days more (`late_until`): the report mends the delay, it does
    not undo it.

    >>> [light_of(date(2028, 2, 29), None, day) for day in (date(2028, 2, 29), date(2028, 3, 1), date(2028, 3, 31))]
    ['green', 'yellow', 'red']
    """
    days = (today - due_next).days
    if days > RED_AFTER:
        return "red"
    return "yellow" if days > 0 or (late_until is not None and late_until >= today) else "green"
