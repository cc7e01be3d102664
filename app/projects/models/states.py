"""The states of projects and of what belongs to them, and the moves between these."""

from app.core.i18n import _l
from app.core.states import State, States, moves

# What the portal shows beyond those who take part: from the moment at which a lead of the consortium accepted it.
LISTED_STATES = ("forming", "active", "on_hold", "closing", "closed", "cancelled")
RUNNING_STATES = ("forming", "active", "on_hold", "closing")  # people, partners and plan may still change
LIT_STATES = ("active", "closing")  # the light is shown
PROJECT_STATES = States(
    (
        State("draft", _l("Draft"), "", "pencil"),
        State("submitted", _l("In review"), "info", "circle-dot"),
        State("needs_changes", _l("Changes wanted"), "warn", "pencil"),
        State("rejected", _l("Not accepted"), "bad", "x"),
        State("withdrawn", _l("Withdrawn"), "", "circle-dashed"),
        State("forming", _l("Forming"), "info", "user-plus"),
        State("active", _l("Active"), "ok", "circle-dot"),
        State("on_hold", _l("On hold"), "warn", "circle-dashed"),
        State("closing", _l("Closing"), "info", "calendar-clock"),
        State("closed", _l("Closed"), "ok", "badge-check"),
        State("cancelled", _l("Cancelled"), "bad", "x"),
    ),
    moves(
        submit=(["draft", "needs_changes"], "submitted"),
        recall=(["submitted"], "draft"),
        accept=(["submitted"], "forming"),
        return_for_changes=(["submitted"], "needs_changes"),
        reject=(["submitted"], "rejected"),
        withdraw=(["draft", "needs_changes", "submitted"], "withdrawn"),
        reopen=(["rejected", "withdrawn"], "draft"),
        activate=(["forming"], "active"),
        hold=(["active"], "on_hold"),
        resume=(["on_hold"], "active"),
        begin_closing=(["active", "on_hold"], "closing"),
        stop_closing=(["closing"], "active"),
        close=(["closing"], "closed"),
        cancel=(["forming", "active", "on_hold", "closing"], "cancelled"),
    ),
)
PARTNER_STATES = States(
    (
        State("asked", _l("Waiting for the institution"), "warn", "circle-dot"),
        State("accepted", _l("Takes part"), "ok", "check"),
        State("declined", _l("Declined"), "bad", "x"),
        State("withdrawn", _l("Withdrawn"), "", "circle-dashed"),
        State("lapsed", _l("Lapsed"), "", "circle-dashed"),
        State("left", _l("Left"), "", "circle-dashed"),
    ),
    moves(
        accept=(["asked"], "accepted"),
        decline=(["asked"], "declined"),
        withdraw=(["asked"], "withdrawn"),
        lapse=(["asked"], "lapsed"),
        leave=(["accepted"], "left"),
        ask_again=(["declined", "lapsed"], "asked"),  # the lead institution, of which there is one
    ),
)
MEMBER_STATES = States(
    (
        State("invited", _l("Invited"), "warn", "circle-dot"),
        State("active", _l("Member"), "ok", "check"),
        State("declined", _l("Declined"), "bad", "x"),
        State("withdrawn", _l("Withdrawn"), "", "circle-dashed"),
        State("lapsed", _l("Lapsed"), "", "circle-dashed"),
        State("left", _l("Left"), "", "circle-dashed"),
        State("removed", _l("Removed"), "", "circle-dashed"),
    ),
    moves(
        accept=(["invited"], "active"),
        decline=(["invited"], "declined"),
        withdraw=(["invited"], "withdrawn"),
        lapse=(["invited"], "lapsed"),
        leave=(["active"], "left"),
        remove=(["active"], "removed"),
    ),
)
MILESTONE_STATES = States(
    (
        State("planned", _l("Planned"), "", "circle-dashed"),
        State("reported", _l("Reported"), "info", "circle-dot"),
        State("accepted", _l("Reached"), "ok", "check"),
        State("missed", _l("Missed"), "bad", "x"),
    ),
    moves(
        report=(["planned", "missed"], "reported"),
        take_back=(["reported"], "planned"),
        accept=(["reported"], "accepted"),
        return_for_changes=(["reported"], "planned"),
        miss=(["planned"], "missed"),
        plan_again=(["missed"], "planned"),
        reopen=(["accepted"], "reported"),
    ),
)
