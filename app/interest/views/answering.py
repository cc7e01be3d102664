"""One interest: what is asked, the answer to it, and what a yes opened."""

from typing import Any

from flask import current_app, request, url_for

from app.core import access
from app.core.access import Actor
from app.core.errors import Invalid
from app.core.i18n import _, get_locale
from app.core.text import initials
from app.core.things import KINDS
from app.discussion import queries as discussion
from app.files import queries as files
from app.interest import policies, queries, services
from app.interest.forms import AnswerForm
from app.interest.models import DECLINE_CODES, TALK_STATES, Interest
from app.interest.views.blueprint import bp, done, find, page
from app.web.fields import seen_version
from app.web.guards import current_actor


@bp.route("/<int:interest_id>", methods=["GET", "POST"])
def show(interest_id: int) -> Any:
    """What is asked, by whom, what a yes and a no mean; afterwards what became of it."""
    interest = find(interest_id)
    actor = current_actor()
    given = {"version": str(interest.version), "language": get_locale()}
    form = AnswerForm() if request.method == "POST" else AnswerForm(data=given)
    if form.is_submitted():
        if {"add", "remove"} & set(request.form):
            form.change_lines(request.form.get("add"), request.form.get("remove"))
        elif form.validate():
            try:
                return done(interest_id, _answer(actor, interest, form))
            except Invalid as refusal:
                form.take(refusal)
                interest = find(interest_id)  # the transaction was rolled back: read it again
    return _page(actor, interest, form)


def _answer(actor: Actor, interest: Interest, form: AnswerForm) -> str:
    """Do what the button says; what to tell who pressed it. Raises Invalid, and what the actions raise."""
    decision, version = request.form.get("decision", ""), seen_version(form)
    note = form.note.data or ""
    if decision == "accept":
        services.accept(
            actor,
            interest,
            brings=form.lines("brings"),
            gains=form.lines("gains"),
            language=form.language.data,
            note=note,
            version=version,
        )
        return _("Both sides have said yes. Names and addresses are open to both of you now.")
    if decision == "talk":
        services.talk(actor, interest, version=version)
        return _("The conversation is open. The other side was told and can write to you here.")
    if decision == "decline":
        services.decline(actor, interest, reason=form.reason.data or "", note=note, version=version)
        return _("The other side was told, with your reason.")
    raise Invalid({"decision": _("Choose an answer: yes, no, or the conversation first.")})


def _page(actor: Actor, interest: Interest, form: AnswerForm) -> Any:
    kind = KINDS["interest"]
    talks = interest.state in TALK_STATES
    talked = interest.replied_at is not None
    return page(
        "show.html",
        interest,
        form=form,
        is_owner=policies.is_owner_side(actor, interest),
        talks=talks,
        may_answer=interest.is_open_now and bool(policies.accept(actor, interest)),
        may_withdraw=interest.is_open_now and bool(policies.withdraw(actor, interest)),
        may_convert=interest.state == "accepted" and bool(policies.convert(actor, interest)),
        may_see_thing=bool(access.can(f"{interest.kind}s.view", actor, interest.thing)),
        asker=_asker(actor, interest),
        contacts=queries.contacts(actor, interest),
        log=queries.openings(interest) if policies.see_contact(actor, interest) else [],
        terms=_terms(actor, interest),
        reason=DECLINE_CODES.get(interest.decision_code or ""),
        glance=discussion.glance(actor, "interest", interest) if talked else None,
        files=files.of(actor, "interest", interest) if talked else [],
        files_of=kind.about(interest),
        may_attach=kind.attach(actor, interest) if talks else False,
        agreement_url=url_for("agreements.new", interest=interest.id)
        if "agreements.new" in current_app.view_functions
        else None,
    )


def _asker(actor: Actor, interest: Interest) -> dict[str, Any]:
    """Who asks, as the reader may know them: the institution alone while the person is not named yet."""
    place, person = interest.institution, interest.sender
    trust = _("verified institution") if place.is_verified else None
    if queries.is_anonymous(actor, interest, person):
        chip = {"display_name": place.name, "initials": initials(place.name)}
        return {"person": chip, "org": None, "trust": trust, "url": None}
    may_open = bool(access.can("accounts.view_person", actor, person))
    url = url_for("accounts.person", person_id=person.id) if may_open else None
    return {"person": person, "org": place.name, "trust": trust, "url": url}


def _terms(actor: Actor, interest: Interest) -> dict[str, Any] | None:
    """How things stand with the terms of confidentiality; None where nothing stands under them."""
    if not interest.is_under_terms:
        return None
    accepted = queries.accepted_terms(interest.id)
    sides = [
        (place.name, place.id in accepted) for place in (interest.institution, interest.owner_institution)
    ]
    own = actor.ids("representative") & {interest.institution_id, interest.owner_institution_id}
    return {"sides": sides, "is_open": len(accepted) == len(sides), "to_accept": bool(own - set(accepted))}
