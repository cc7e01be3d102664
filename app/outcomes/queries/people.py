"""Who stands around an outcome: partners, named people, those who settle, and whom a claimer can name."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, or_, select, union

from app.accounts.models import Person
from app.accounts.policies import visible_people
from app.accounts.queries import actor_for
from app.consortia.models import Admission, Leadership
from app.core import index
from app.core.access import VISITOR, Actor
from app.core.db import db
from app.core.kept import kept
from app.institutions.models import Affiliation, Institution
from app.outcomes.models import Outcome, OutcomeCredit
from app.outcomes.policies import visible
from app.problems.models import Problem
from app.projects.models import Project, ProjectMember, ProjectPartner
from app.teams.models import Membership, Team

MOST_PEOPLE = 20
MOST_INSTITUTIONS = 300
STANDING = ("asked", "accepted")
DEGREE_ORDER = {"lead": 0, "equal": 1, "supporting": 2}


@kept
def _credits(outcome_id: Any) -> Any:
    return (
        select(
            OutcomeCredit.id,
            OutcomeCredit.person_id,
            OutcomeCredit.role,
            OutcomeCredit.degree,
            OutcomeCredit.state,
            OutcomeCredit.due_at,
            OutcomeCredit.decision_note,
            Person.display_name,
            Person.visibility,
            Person.closed_at,
            OutcomeCredit.institution_id,
            Institution.name.label("institution"),
            Institution.country,
            Institution.ror,
        )
        .join(Person, Person.id == OutcomeCredit.person_id)
        .outerjoin(Institution, Institution.id == OutcomeCredit.institution_id)
        .where(OutcomeCredit.outcome_id == outcome_id)
        .order_by(OutcomeCredit.id)
    )


def credits_of(outcome_id: int) -> list[Any]:
    """All roles in an outcome, in any state, in the order in which they were asked, with person and institution."""
    return list(db.session.execute(*_credits(outcome_id=outcome_id)))


def contributors(rows: Iterable[Any]) -> list[Any]:
    """The roles that were accepted, leading ones first; who shows a name to nobody else may still be named here: they agreed."""
    return sorted(
        (row for row in rows if row.state == "accepted"), key=lambda row: (DEGREE_ORDER[row.degree], row.id)
    )


def standing(rows: Iterable[Any]) -> list[tuple[str, str | None]]:
    """(degree, country) of the roles that are asked or accepted, for the warning about leading roles."""
    return [(row.degree, row.country) for row in rows if row.state in STANDING]


def own_credits(actor: Actor, outcome_id: int, state: str) -> list[OutcomeCredit]:
    """The reader's own roles in this state."""
    return list(
        db.session.scalars(
            select(OutcomeCredit)
            .where(
                OutcomeCredit.outcome_id == outcome_id,
                OutcomeCredit.person_id == (actor.id or 0),
                OutcomeCredit.state == state,
            )
            .order_by(OutcomeCredit.id)
        )
    )


def credited_ids(outcome_id: int) -> set[int]:
    """The person ids of those whose roles are asked or accepted."""
    return set(
        db.session.scalars(
            select(OutcomeCredit.person_id).where(
                OutcomeCredit.outcome_id == outcome_id, OutcomeCredit.state.in_(STANDING)
            )
        )
    )


def _at_work(outcome: Outcome) -> Any:
    """Those who take part in the project or the team, each with the institution through which they do: a table."""
    return union(
        select(ProjectMember.person_id, ProjectMember.institution_id).where(
            ProjectMember.project_id == (outcome.project_id or 0), ProjectMember.state == "active"
        ),
        select(Membership.person_id, Membership.institution_id).where(
            Membership.team_id == (outcome.team_id or 0), Membership.state == "active"
        ),
    ).subquery()


def _partner_ids(outcome: Outcome) -> Any:
    return union(
        select(ProjectPartner.institution_id).where(
            ProjectPartner.project_id == (outcome.project_id or 0), ProjectPartner.state == "accepted"
        ),
        select(Membership.institution_id).where(
            Membership.team_id == (outcome.team_id or 0),
            Membership.state == "active",
            Membership.institution_id.is_not(None),
        ),
    )


def partners(outcome: Outcome) -> list[Institution]:
    """The institutions of the project and the team, by name."""
    ids = _partner_ids(outcome).subquery()
    return list(
        db.session.scalars(
            select(Institution)
            .where(Institution.id.in_(select(ids.c.institution_id)))
            .order_by(Institution.sort_name, Institution.id)
        )
    )


def partner_ids(outcome: Outcome) -> set[int]:
    """The ids of the institutions of the project and the team."""
    return set(db.session.scalars(_partner_ids(outcome)))


def may_confirm(outcome: Outcome) -> list[tuple[int, str]]:
    """The institutions that can be asked to confirm it: verified, not the claimer's; partners first, then the consortium's.

    Where none of these is, any other verified one.
    """
    ids = partner_ids(outcome)
    roof = select(Admission.institution_id).where(
        Admission.consortium_id == outcome.consortium_id, Admission.state == "member"
    )
    others = (
        select(Institution.id, Institution.name)
        .where(Institution.state == "verified", Institution.id != outcome.institution_id)
        .order_by(Institution.id.in_(ids).desc(), Institution.sort_name, Institution.id)
        .limit(MOST_INSTITUTIONS)
    )
    near = others.where(or_(Institution.id.in_(ids), Institution.id.in_(roof)))
    rows = db.session.execute(near).all() or db.session.execute(others).all()
    return [(row.id, row.name) for row in rows]


def representatives(institution_ids: Iterable[int | None]) -> set[int]:
    """The person ids of who represents one of these institutions."""
    return set(
        db.session.scalars(
            select(Affiliation.person_id).where(
                Affiliation.institution_id.in_([key for key in institution_ids if key]),
                Affiliation.role == "representative",
                Affiliation.state == "active",
            )
        )
    )


def confirmer_ids(outcome: Outcome) -> set[int]:
    """Who is asked to confirm it: representatives of the institution, and its members who take part in the work.

    None of those whom the permission refuses: who keeps it, is or was named in it, or belongs to the claiming institution.
    """
    at_work = select(Affiliation.person_id).where(
        Affiliation.institution_id == outcome.confirmer_id,
        Affiliation.state == "active",
        Affiliation.person_id.in_(select(_at_work(outcome).c.person_id)),
    )
    asked = representatives([outcome.confirmer_id]) | set(db.session.scalars(at_work))
    own = select(Affiliation.person_id).where(
        Affiliation.institution_id == outcome.institution_id, Affiliation.state == "active"
    )
    refused = set(db.session.scalars(union(own, _ever_named(outcome))))
    return asked - keeper_ids(outcome) - refused


def _ever_named(outcome: Outcome) -> Any:
    """Those whose roles are asked or accepted, or were withdrawn: a select of person ids."""
    return select(OutcomeCredit.person_id).where(
        OutcomeCredit.outcome_id == outcome.id, OutcomeCredit.state.in_([*STANDING, "withdrawn"])
    )


def settler_ids(outcome: Outcome, objector_id: int | None) -> set[int]:
    """Leads of the consortium who are not involved, else the administrators."""
    return _uninvolved(outcome, outcome.consortium_id, objector_id)


def _uninvolved(outcome: Outcome, consortium_id: int, other_id: int | None) -> set[int]:
    """Leads of a consortium with no part in the outcome, and not somebody else either; without one the administrators."""
    found = db.session.scalars(union(_ever_named(outcome), select(_at_work(outcome).c.person_id)))
    involved = {outcome.claimer_id, outcome.confirmed_by_id, other_id, *found}
    return leads_of(consortium_id) - involved or administrator_ids() - involved


def answerer_ids(outcome: Outcome, problem: Problem, side: str) -> set[int]:
    """Who says for a side (author, lead) whether a published outcome answers a problem: those of it who see the outcome."""
    if side == "author":
        people = {problem.author_id}
    else:
        people = _uninvolved(outcome, problem.consortium_id, problem.author_id)
    return readers(outcome, people)


def readers(outcome: Outcome, people: Iterable[int]) -> set[int]:
    """Those of these people who see an outcome."""

    def sees(actor: Actor) -> bool:
        found = select(Outcome.id).where(Outcome.id == outcome.id, visible(actor))
        return db.session.scalar(found) is not None

    if sees(VISITOR):
        return set(people)
    return {key for key in people if sees(actor_for(db.session.get_one(Person, key)))}


def leads_of(consortium_id: int) -> set[int]:
    """The person ids of those who lead a consortium."""
    return set(
        db.session.scalars(
            select(Leadership.person_id).where(
                Leadership.consortium_id == consortium_id, Leadership.until.is_(None)
            )
        )
    )


def administrator_ids() -> set[int]:
    """The person ids of the administrators."""
    return set(db.session.scalars(select(Person.id).where(Person.is_admin, Person.closed_at.is_(None))))


def keeper_ids(outcome: Outcome) -> set[int]:
    """Who claimed it and who leads the work."""
    leads = union(
        select(Project.lead_id).where(Project.id == (outcome.project_id or 0)),
        select(Team.lead_id).where(Team.id == (outcome.team_id or 0)),
    )
    return {outcome.claimer_id, *db.session.scalars(leads)}


def _home(person_id: Any) -> Any:
    return (
        select(func.min(Affiliation.institution_id))
        .join(Institution, Institution.id == Affiliation.institution_id)
        .where(
            Affiliation.person_id == person_id,
            Affiliation.state == "active",
            Institution.state == "verified",
        )
        .scalar_subquery()
    )


def home_of(outcome: Outcome, person_id: int) -> int | None:
    """The institution through which a person contributed: that of the project or team, else one to which they belong."""
    rows = [
        select(ProjectMember.institution_id).where(
            ProjectMember.project_id == (outcome.project_id or 0),
            ProjectMember.person_id == person_id,
            ProjectMember.state == "active",
        ),
        select(Membership.institution_id).where(
            Membership.team_id == (outcome.team_id or 0),
            Membership.person_id == person_id,
            Membership.state == "active",
        ),
        select(_home(person_id)),
    ]
    for query in rows:
        found = db.session.scalar(query.limit(1))
        if found is not None:
            return int(found)
    return None


def can_be_named(actor: Actor, outcome: Outcome, person_id: int) -> Person | None:
    """A person whom the reader may name: one who takes part in the work, or whose profile the reader sees."""
    at_work = Person.id.in_(select(_at_work(outcome).c.person_id))
    return db.session.scalars(
        select(Person).where(
            Person.id == person_id,
            Person.closed_at.is_(None),
            or_(visible_people(actor), at_work),
        )
    ).first()


def around(outcome: Outcome) -> list[Any]:
    """Those who take part in the work, by name: (id, display_name, institution)."""
    inside = _at_work(outcome)
    return list(
        db.session.execute(
            select(Person.id, Person.display_name, func.min(Institution.name).label("institution"))
            .join(inside, inside.c.person_id == Person.id)
            .outerjoin(Institution, Institution.id == inside.c.institution_id)
            .where(Person.closed_at.is_(None))
            .group_by(Person.id, Person.display_name, Person.sort_name)
            .order_by(Person.sort_name, Person.id)
            .limit(200)
        )
    )


def find_people(actor: Actor, words: str) -> list[Any]:
    """People whom the reader may see and whose names or skills have the words: (id, display_name, institution)."""
    hits = index.matching("person", words) if words else None
    if hits is None:
        return []
    home = select(Institution.name).where(Institution.id == _home(Person.id)).scalar_subquery()
    return list(
        db.session.execute(
            select(Person.id, Person.display_name, home.label("institution"))
            .where(visible_people(actor), Person.id.in_(hits))
            .order_by(Person.sort_name, Person.id)
            .limit(MOST_PEOPLE)
        )
    )
