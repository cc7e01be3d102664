"""Who may see and do what with problem statements."""

from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import and_, false, not_, or_
from sqlalchemy.sql import ColumnElement

from app.core import clock
from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, permission
from app.core.i18n import LazyText, _l
from app.problems.models import LISTED_STATES, OPEN_STATES, PROBLEM_STATES, PUBLIC_STATES, Problem

# What a lead sees beside what is public: from the moment it was submitted on.
REVIEWED_STATES = ("submitted", "needs_changes", "rejected")
EDITABLE_STATES = ("draft", "needs_changes", "published", "in_work", "expired")

NO_AFFILIATION = No(
    "no_affiliation", _l("You need a confirmed affiliation with a verified institution to post a problem.")
)
NOT_AUTHOR = No("not_author", _l("Only the person who wrote this problem may do this."))
OWN_PROBLEM = No("own_problem", _l("You wrote this problem, so somebody else decides about it."))
NOT_LEAD = No("not_lead", _l("Only a lead of its consortium may do this."))
LEADS_DECIDE = No("leads_decide", _l("Its consortium has leads who decide about it."))
NOT_DECIDER = No("not_decider", _l("Only the person who decided this may open it again."))
NOT_REPRESENTATIVE = No("not_representative", _l("Only representatives of an institution may do this."))
OWN_INSTITUTION = No("own_institution", _l("Your institution posted this problem itself."))
TEAMS_AT_WORK = No(
    "teams_at_work",
    _l("Teams are at work on it, so it cannot be taken away. You can close it to further teams."),
)
DEADLINE_PASSED = No(
    "deadline_passed", _l("Its last day has passed. Return it, so that the author names a new one.")
)
NOT_SEEN = No("not_found", _l("There is nothing here that you can see."))


def reviews(actor: Actor, problem: Problem) -> bool:
    """Whether the person answers for the problem: leads its consortium, or is administrator where no such lead is."""
    return actor.holds("lead", problem.consortium_id) or (actor.is_admin and not problem.has_other_lead)


@permission("problems.view")
def view(actor: Actor, problem: Problem) -> Answer:
    """Public ones by their visibility; drafts their author; what is in review its author and who reviews it."""
    if actor.id is not None and problem.author_id == actor.id:
        return True
    is_public = problem.state in PUBLIC_STATES and problem.published_at is not None
    if reviews(actor, problem):
        was_public = problem.state == "withdrawn" and problem.published_at is not None
        return was_public or problem.state in (*PUBLIC_STATES, *REVIEWED_STATES)
    return is_public and is_in_reach(actor, problem)


def is_in_reach(actor: Actor, problem: Problem) -> bool:
    """Whether its visibility lets the person read it, whatever its state."""
    if problem.visibility == "consortium":
        return actor.holds("consortium_member", problem.consortium_id)
    return problem.visibility == "public" or actor.is_signed_in


@permission("problems.see_author")
def sees_author(actor: Actor, problem: Problem) -> Answer:
    """Who wrote it: everybody, unless the author's profile is hidden; then who reviews it, and the sides of an interest in
    it to which both said yes.
    """
    if problem.author.visibility != "hidden" or actor.id == problem.author_id:
        return True
    return reviews(actor, problem) or actor.holds("opened_problem", problem.id)


def visible(actor: Actor) -> ColumnElement[bool]:
    """The list form of `view`."""
    # Merged ones may never have been public: they were in review when they were merged.
    is_public = and_(Problem.state.in_(PUBLIC_STATES), Problem.published_at.is_not(None))
    if not actor.is_signed_in:
        return and_(is_public, Problem.visibility == "public")
    return or_(
        and_(is_public, _reach(actor)),
        Problem.author_id == actor.id,
        and_(
            _reviewed_by(actor),
            or_(
                Problem.state.in_([*PUBLIC_STATES, *REVIEWED_STATES]),
                and_(Problem.state == "withdrawn", Problem.published_at.is_not(None)),
            ),
        ),
    )


def in_states(states: Collection[str]) -> ColumnElement[bool]:
    """That the state is one of these; for several it is said by what it is not.

    No index on the state is chosen for "not in": most rows of the list are open, and its order comes from elsewhere.
    """
    if len(states) == 1:
        return Problem.state == next(iter(states))
    return Problem.state.not_in([name for name in PROBLEM_STATES.names if name not in states])


def listed(actor: Actor) -> ColumnElement[bool]:
    """What the public list shows this person: `visible`, without what is not public or merged.

    Like the others here it may stand in a statement that is kept (`core.kept`).
    """
    is_listed = in_states(LISTED_STATES)
    if not actor.is_signed_in:
        return and_(is_listed, Problem.visibility == "public")
    return and_(is_listed, or_(_reach(actor), Problem.author_id == actor.id, _reviewed_by(actor)))


def _reach(actor: Actor) -> ColumnElement[bool]:
    levels = Problem.visibility.in_(["public", "signed_in"])
    if not actor.holds_any("consortium_member"):
        return levels
    return or_(levels, Problem.consortium_id.in_(actor.ids("consortium_member")))


def _reviewed_by(actor: Actor) -> ColumnElement[bool]:
    as_lead = Problem.consortium_id.in_(actor.ids("lead")) if actor.holds_any("lead") else false()
    if not actor.is_admin:
        return as_lead
    return or_(as_lead, not_(cast(ColumnElement[bool], Problem.has_other_lead)))


def deciding(actor: Actor) -> ColumnElement[bool]:
    """The list form of `decide`: problems about which the person decides."""
    return and_(_reviewed_by(actor), Problem.author_id != actor.id) if actor.is_signed_in else false()


@permission("problems.create")
def create(actor: Actor, _thing: Any = None) -> Answer:
    """Everybody with a confirmed affiliation posts."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return bool(actor.ids("member")) or NO_AFFILIATION


def _author(actor: Actor, problem: Problem) -> Answer:
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return problem.author_id == actor.id or NOT_AUTHOR


@permission("problems.edit")
def edit(actor: Actor, problem: Problem) -> Answer:
    """The author writes."""
    return _author(actor, problem)


@permission("problems.submit")
def submit(actor: Actor, problem: Problem) -> Answer:
    """The author sends it, while their affiliation is confirmed."""
    answer = _author(actor, problem)
    if answer and not actor.holds("member", problem.institution_id):
        return NO_AFFILIATION
    return answer


@permission("problems.recall")
def recall(actor: Actor, problem: Problem) -> Answer:
    """The author takes it back while nobody has decided."""
    return _author(actor, problem)


@permission("problems.withdraw")
def withdraw(actor: Actor, problem: Problem) -> Answer:
    """The author withdraws it."""
    return _author(actor, problem)


def decide(actor: Actor, problem: Problem) -> Answer:
    """A lead of its consortium who did not write it; an administrator only where no such lead is."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if problem.author_id == actor.id:
        return OWN_PROBLEM
    if actor.holds("lead", problem.consortium_id):
        return True
    if actor.is_admin:
        return LEADS_DECIDE if problem.has_other_lead else True
    return NOT_LEAD


def needs_reason(actor: Actor, problem: Problem) -> bool:
    """Whether the person decides as administrator, and so has to say why."""
    return not actor.holds("lead", problem.consortium_id)


@permission("problems.publish")
def publish(actor: Actor, problem: Problem) -> Answer:
    """Who decides."""
    return decide(actor, problem)


@permission("problems.return")
def return_for_changes(actor: Actor, problem: Problem) -> Answer:
    """Who decides."""
    return decide(actor, problem)


@permission("problems.reject")
def reject(actor: Actor, problem: Problem) -> Answer:
    """Who decides."""
    return decide(actor, problem)


@permission("problems.merge")
def merge(actor: Actor, problem: Problem, survivor: Problem | None = None) -> Answer:
    """Who decides about both: a merger gives the survivor credit, so nobody merges into their own."""
    answer = decide(actor, problem)
    return decide(actor, survivor) if answer and survivor is not None else answer


@permission("problems.tick_wish")
def tick_wish(actor: Actor, problem: Problem) -> Answer:
    """Who decides says whether a wish is met."""
    return decide(actor, problem)


@permission("problems.comment")
def comment(actor: Actor, problem: Problem) -> Answer:
    """Author and reviewers talk about a review."""
    return _author(actor, problem) or decide(actor, problem)


@permission("problems.read_review")
def read_review(actor: Actor, problem: Problem) -> Answer:
    """What is said in a review is for the author and for who reviews."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return (
        problem.author_id == actor.id or (reviews(actor, problem) and bool(view(actor, problem))) or NOT_LEAD
    )


@permission("problems.renew")
def renew(actor: Actor, problem: Problem) -> Answer:
    """The author, or a lead."""
    return _author(actor, problem) or decide(actor, problem)


@permission("problems.close")
def close(actor: Actor, problem: Problem) -> Answer:
    """The author, or a lead."""
    return _author(actor, problem) or decide(actor, problem)


@permission("problems.reopen")
def reopen(actor: Actor, problem: Problem, decided_by_id: int | None = None) -> Answer:
    """What was rejected: who rejected it. What was withdrawn or closed: its author."""
    if problem.state != "rejected":
        return _author(actor, problem)
    answer = decide(actor, problem)
    return (actor.id == decided_by_id or NOT_DECIDER) if answer else answer


@permission("problems.endorse")
def endorse(actor: Actor, problem: Problem, institution_id: int | None = None) -> Answer:
    """A representative says that the institution has this problem too; not the one that posted it.

    Without an institution: whether the person could speak for any.
    """
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if not view(actor, problem):
        return NOT_SEEN
    own = actor.ids("representative")
    if institution_id is None:
        if own == {problem.institution_id}:
            return OWN_INSTITUTION
        return bool(own) or NOT_REPRESENTATIVE
    if institution_id == problem.institution_id:
        return OWN_INSTITUTION
    return institution_id in own or NOT_REPRESENTATIVE


@permission("problems.follow")
def follow(actor: Actor, problem: Problem) -> Answer:
    """Everybody who is signed in and sees it."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return view(actor, problem) or NOT_SEEN


_BLOCKS: dict[str, LazyText] = {
    "submit": _l("Only drafts, and problems that were returned, can be sent for review."),
    "recall": _l("Only what is in review can be taken back."),
    "publish": _l("Only what is in review can be decided."),
    "return_for_changes": _l("Only what is in review can be decided."),
    "reject": _l("Only what is in review can be decided."),
    "merge": _l("Only what is in review or was published can be merged."),
    "withdraw": _l("In this state it cannot be withdrawn any more."),
    "renew": _l("Only open and expired problems can be renewed."),
    "close": _l("Only open and expired problems can be closed."),
    "reopen": _l("Only what was rejected, withdrawn or closed can be opened again."),
}


def blocked(problem: Problem, verb: str) -> No | None:
    """Why the state of things forbids this now, whoever asks; None when it may be done."""
    if verb == "edit":
        return _edit_blocked(problem)
    if verb in {"endorse", "follow"}:
        open_to = OPEN_STATES if verb == "endorse" else LISTED_STATES
        return None if problem.state in open_to else No("not_open", _l("It is not open any more."))
    is_allowed = PROBLEM_STATES.allows(problem, verb)
    if problem.teams_at_work and (verb == "withdraw" or (verb == "reopen" and is_allowed)):
        return TEAMS_AT_WORK
    if verb == "publish" and problem.state == "submitted" and problem.closes_on < clock.today():
        return DEADLINE_PASSED
    # What is in work has a last day too, which may be moved without a change of state.
    if is_allowed or (verb, problem.state) == ("renew", "in_work"):
        return None
    return No("wrong_state", _BLOCKS[verb])


def _edit_blocked(problem: Problem) -> No | None:
    if problem.state in EDITABLE_STATES:
        return None
    if problem.state == "submitted":
        return No("in_review", _l("It is in review. Take it back first, then change it."))
    return No("wrong_state", _l("In this state it cannot be changed any more."))
