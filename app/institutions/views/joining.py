"""Belonging: finding one's institution, asking, claiming, adding one that is missing."""

from typing import Any

from flask import flash, render_template, request

from app.core.access import insist
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.text import clean_line
from app.institutions import policies, queries, services
from app.institutions.forms import ClaimForm, JoinForm, NewForm
from app.institutions.models import AFFILIATION_STATES, INSTITUTION_STATES, Institution
from app.institutions.views.blueprint import UNPROCESSABLE, bp, go
from app.web.guards import current_actor


@bp.get("/join")
@bp.get("/<int:institution_id>/join")
def join(institution_id: int | None = None) -> Any:
    """Where do you work? Without an institution: those at one's domain, and look-up. With one: the question itself."""
    actor = current_actor()
    if institution_id is not None:
        institution = queries.get(actor, institution_id)
        insist(policies.join(actor, institution))
        return _join_page(institution, JoinForm())
    words = clean_line(request.args.get("q"))[:200]
    own = queries.own_affiliations(actor)
    return render_template(
        "institutions/join.html",
        own=own,
        own_ids={row.institution_id for row in own},
        at_domain=queries.at_domain_of(actor.email),
        words=words,
        found=queries.find(words, 15) if words else [],
        states=INSTITUTION_STATES,
        affiliation_states=AFFILIATION_STATES,
    )


def _join_page(institution: Institution, form: JoinForm) -> str:
    at_domain = {row.id for row in queries.at_domain_of(current_actor().email)}
    return render_template(
        "institutions/ask.html", institution=institution, form=form, is_at_domain=institution.id in at_domain
    )


@bp.post("/<int:institution_id>/join")
def ask(institution_id: int) -> Any:
    """Ask to belong."""
    actor = current_actor()
    institution = queries.get(actor, institution_id)
    form = JoinForm()
    if not form.validate_on_submit():
        return _join_page(institution, form), UNPROCESSABLE
    asked = services.join(actor, institution, position=form.position.data, message=form.message.data)
    if asked.state == "active":
        flash(_("You are confirmed: you belong to %(name)s.", name=institution.name), "ok")
    else:
        flash(_("Sent. A representative of %(name)s answers within 14 days.", name=institution.name), "ok")
    return go("show", institution_id=institution_id)


@bp.route("/new", methods=["GET", "POST"])
def new() -> Any:
    """Add an institution that ROR does not have; similar ones are shown first."""
    actor = current_actor()
    form = NewForm(data={"name": clean_line(request.args.get("name"))[:300]})
    similar: list[queries.Found] = []
    if form.is_submitted():
        similar = queries.find(form.name.data or "", 6, form.country.data or None)
        if form.validate():
            try:
                added = services.add_institution(
                    actor,
                    name=form.name.data,
                    country=form.country.data,
                    city=form.city.data,
                    website=form.website.data,
                    types=form.types.data,
                    language=form.language.data or None,
                    other_names=form.other_names.data,
                    is_another=form.is_another.data,
                )
            except Invalid as refusal:
                form.take(refusal)
            else:
                flash(_("%(name)s is on the list now.", name=added.name), "ok")
                return go("show", institution_id=added.id)
    elif form.name.data:
        similar = queries.find(form.name.data, 6)
    page = render_template("institutions/new.html", form=form, similar=similar, states=INSTITUTION_STATES)
    return (page, UNPROCESSABLE) if form.errors else page


@bp.route("/<int:institution_id>/claim", methods=["GET", "POST"])
def claim(institution_id: int) -> Any:
    """Ask to represent an institution that nobody represents yet."""
    actor = current_actor()
    institution = queries.get(actor, institution_id)
    insist(policies.claim(actor, institution))
    at_domain = institution_id in {row.id for row in queries.at_domain_of(actor.email)}
    form = ClaimForm(data={"evidence_kind": "domain" if at_domain else "letter"})
    if form.validate_on_submit():
        try:
            services.ask_claim(
                actor,
                institution,
                evidence_kind=form.evidence_kind.data,
                evidence=form.evidence.data,
                position=form.position.data,
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("Sent. An administrator answers within 14 days."), "ok")
            return go("show", institution_id=institution_id)
    page = render_template(
        "institutions/claim.html", institution=institution, form=form, is_at_domain=at_domain
    )
    return (page, UNPROCESSABLE) if form.errors else page


@bp.post("/<int:institution_id>/claims/<int:claim_id>/withdraw")
def withdraw_claim(institution_id: int, claim_id: int) -> Any:
    """Take one's claim back."""
    actor = current_actor()
    services.withdraw_claim(actor, queries.claim(actor, institution_id, claim_id))
    flash(_("Your claim is taken back."), "ok")
    return go("show", institution_id=institution_id)


@bp.post("/<int:institution_id>/affiliations/<int:affiliation_id>/withdraw")
def withdraw(institution_id: int, affiliation_id: int) -> Any:
    """Take one's request back."""
    actor = current_actor()
    services.withdraw_affiliation(actor, queries.affiliation(actor, institution_id, affiliation_id))
    flash(_("Your request is taken back."), "ok")
    return go("show", institution_id=institution_id)


@bp.route("/<int:institution_id>/affiliations/<int:affiliation_id>/leave", methods=["GET", "POST"])
def leave(institution_id: int, affiliation_id: int) -> Any:
    """Leave: a page that says what that means, then the deed."""
    actor = current_actor()
    affiliation = queries.affiliation(actor, institution_id, affiliation_id)
    insist(policies.own_affiliation(actor, affiliation))
    if request.method == "POST":
        services.leave(actor, affiliation, version=_seen())
        flash(_("You no longer belong to %(name)s.", name=affiliation.institution.name), "ok")
        return go("show", institution_id=institution_id)
    return render_template(
        "institutions/leave.html", affiliation=affiliation, institution=affiliation.institution
    )


@bp.post("/<int:institution_id>/affiliations/<int:affiliation_id>/step-back")
def step_back(institution_id: int, affiliation_id: int) -> Any:
    """Stop representing, stay a member."""
    actor = current_actor()
    affiliation = queries.affiliation(actor, institution_id, affiliation_id)
    services.step_back(actor, affiliation, version=_seen())
    flash(
        _("You no longer represent %(name)s. You still belong to it.", name=affiliation.institution.name),
        "ok",
    )
    return go("show", institution_id=institution_id)


def _seen() -> int:
    typed = request.form.get("version", "")
    return int(typed) if typed.isdigit() and len(typed) < 10 else 0
