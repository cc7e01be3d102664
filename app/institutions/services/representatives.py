"""Who acts for an institution: representatives, signatories among them, one deputy."""

from sqlalchemy import select

from app.audit import services as audit
from app.core.access import Actor, authorize
from app.core.db import db, lock_id, transaction
from app.core.errors import RuleBroken
from app.core.i18n import _l
from app.institutions import notices, policies
from app.institutions.models import Affiliation, Institution
from app.institutions.services.affiliations import keep_one_representative


def change_role(
    actor: Actor,
    affiliation: Affiliation,
    *,
    is_representative: bool,
    is_signatory: bool = False,
    is_deputy: bool = False,
    version: int | None = None,
) -> None:
    """A representative gives a confirmed member a part, or takes it back. A new deputy follows the one before.

    Raises RuleBroken(`not_confirmed`) for somebody who is no confirmed member, (`representatives_sign`) for a
    signatory or deputy who is no representative.
    """
    with transaction():
        authorize(policies.decide_affiliation, actor, affiliation)
        affiliation.expect_version(version)
        if affiliation.state != "active":
            raise RuleBroken(
                "not_confirmed", _l("Only somebody who is confirmed can act for the institution.")
            )
        if not is_representative and (is_signatory or is_deputy):
            raise RuleBroken(
                "representatives_sign", _l("Only a representative can be a signatory or the deputy.")
            )
        was_representative = affiliation.role == "representative"
        if was_representative and not is_representative:
            keep_one_representative(affiliation)
        else:
            lock_id(Institution, affiliation.institution_id).touch()
        before = _part(affiliation)
        if is_deputy and not affiliation.is_deputy:
            _end_deputy(affiliation.institution_id)
        affiliation.role = "representative" if is_representative else "member"
        affiliation.is_signatory, affiliation.is_deputy = is_signatory, is_deputy
        if _part(affiliation) == before:
            return
        _record(actor, "institutions.change_role", affiliation, before)
        notices.role_changed(affiliation, actor, was_representative)


def _part(affiliation: Affiliation) -> dict[str, object]:
    return {
        "role": affiliation.role,
        "is_signatory": affiliation.is_signatory,
        "is_deputy": affiliation.is_deputy,
    }


def _end_deputy(institution_id: int) -> None:
    for deputy in db.session.scalars(
        select(Affiliation).where(
            Affiliation.institution_id == institution_id, Affiliation.is_deputy, Affiliation.state == "active"
        )
    ):
        deputy.is_deputy = False


def _record(actor: Actor, action: str, affiliation: Affiliation, before: dict[str, object]) -> None:
    audit.record(
        actor,
        action,
        affiliation,
        label=db.session.get_one(Institution, affiliation.institution_id).name,
        before=before,
        after={**_part(affiliation), "person_id": affiliation.person_id},
        institution_id=affiliation.institution_id,
    )


def step_back(actor: Actor, affiliation: Affiliation, *, version: int | None = None) -> None:
    """Stop representing, stay a member. Raises RuleBroken(`last_representative`) before handing over."""
    with transaction():
        authorize(policies.own_affiliation, actor, affiliation)
        affiliation.expect_version(version)
        if affiliation.state != "active" or affiliation.role != "representative":
            raise RuleBroken("wrong_state", _l("You do not represent this institution at present."))
        keep_one_representative(affiliation)
        before = _part(affiliation)
        affiliation.role, affiliation.is_signatory, affiliation.is_deputy = "member", False, False
        db.session.flush()
        _record(actor, "institutions.step_back", affiliation, before)
        notices.representative_left(affiliation, actor)
