"""The meeting planner."""

from datetime import datetime, timedelta
from typing import Any

from babel import dates

from app.core import clock
from app.core.access import insist
from app.core.i18n import _, babel_locale, fmt_list, get_locale
from app.teams import policies, services
from app.teams.forms.running import MeetingForm
from app.teams.queries import meeting as planner
from app.teams.queries import page as pages
from app.teams.views.blueprint import bp, done, find, page
from app.web.guards import current_actor

MOST_TEXT = 200


def _hour(at: datetime) -> str:
    """Weekday and hour as the reader writes them, such as `Tue 13:00`."""
    return str(dates.format_datetime(at, "EEE HH:mm", tzinfo=at.tzinfo, locale=babel_locale(get_locale())))


def _in_words(series: list[planner.Slot]) -> str:
    if len(series) == 1:
        return _("%(hour)s UTC every week", hour=_hour(series[0].at))
    return _("by turns, UTC: %(hours)s", hours=fmt_list([_hour(slot.at) for slot in series]))[:MOST_TEXT]


@bp.route("/<int:team_id>/meeting", methods=["GET", "POST"])
def meeting(team_id: int) -> Any:
    """Hours of the week with everybody's local time; odd ones are marked and shared by turns."""
    actor = current_actor()
    team = find(team_id)
    insist(policies.view_inside(actor, team))
    members = pages.member_list(actor, team.id, ("active",))
    today = clock.today()
    found = planner.slots(members, today - timedelta(days=today.weekday()))
    best = planner.best(found)
    series = planner.turns(found)
    may_save = policies.edit(actor, team)
    form = MeetingForm() if may_save else None
    if form is not None:
        form.slot.choices = [(slot.code, _hour(slot.at)) for slot in best] + [("turns", _("By turns"))]
        if form.validate_on_submit():
            kept = (
                series if form.slot.data == "turns" else [one for one in best if one.code == form.slot.data]
            )
            services.save_meeting(actor, team, meeting_hours=_in_words(kept))
            return done(team, _("The meeting hours are saved."))
    return page(
        "meeting.html",
        team,
        form=form,
        members=members,
        best=best,
        series=series,
        odd_hours=planner.odd_hours(series),
        hour=_hour,
    )
