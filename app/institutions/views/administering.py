"""Administrators' pages: a claim and its answer, an institution's standing."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request
from flask_wtf import FlaskForm

from app.core.access import insist
from app.core.errors import Invalid
from app.core.i18n import _
from app.institutions import policies, queries, services
from app.institutions.forms import AdministerForm, DecideClaimForm, DomainsForm, VerifyForm
from app.institutions.models import CLAIM_STATES, INSTITUTION_STATES, Institution, InstitutionClaim
from app.institutions.views.blueprint import UNPROCESSABLE, bp, go
from app.web.guards import current_actor


@bp.get("/<int:institution_id>/claims/<int:claim_id>")
def show_claim(institution_id: int, claim_id: int) -> str:
    """A claim: for administrators, and for who asked."""
    asked = queries.claim(current_actor(), institution_id, claim_id)
    return _claim_page(asked, DecideClaimForm(formdata=None, data={"version": str(asked.version)}))


def _claim_page(asked: InstitutionClaim, form: DecideClaimForm) -> str:
    actor = current_actor()
    return render_template(
        "institutions/claim_decide.html",
        asked=asked,
        institution=asked.institution,
        person=queries.asker(asked),
        domains=queries.domains(asked.institution_id),
        state=CLAIM_STATES[asked.state],
        answer=policies.decide_claim(actor, asked, queries.tied_ids(actor)),
        form=form,
    )


@bp.post("/<int:institution_id>/claims/<int:claim_id>")
def decide_claim(institution_id: int, claim_id: int) -> Any:
    """Verify the institution, or decline."""
    actor = current_actor()
    asked = queries.claim(actor, institution_id, claim_id)
    form = DecideClaimForm()
    if form.validate():
        try:
            if request.form.get("decision") == "accept":
                services.accept_claim(actor, asked, note=form.note.data, version=form.seen)
                flash(_("%(name)s is verified.", name=asked.institution.name), "ok")
            else:
                services.decline_claim(
                    actor, asked, reason=form.reason.data, note=form.note.data, version=form.seen
                )
                flash(_("Declined. The person has been told why."), "ok")
        except Invalid as refusal:
            form.take(refusal)
        else:
            return go("show", institution_id=institution_id)
    return _claim_page(asked, form), UNPROCESSABLE


@bp.get("/<int:institution_id>/administer")
def administer(institution_id: int) -> str:
    """An institution's standing: verify, domains, suspend, restore, close."""
    actor = current_actor()
    institution = queries.get(actor, institution_id)
    insist(policies.administer(actor, institution, queries.tied_ids(actor)))
    return _administer_page(institution)


def _administer_page(institution: Institution, **forms: Any) -> str:
    version = str(institution.version)
    domains = queries.domains(institution.id)
    shown = {
        "verify_form": VerifyForm(formdata=None, data={"version": version}, prefix="verify-"),
        "domains_form": DomainsForm(
            formdata=None, data={"version": version, "domains": domains}, prefix="domains-"
        ),
        "state_form": AdministerForm(formdata=None, data={"version": version}, prefix="state-"),
    }
    return render_template(
        "institutions/administer.html",
        institution=institution,
        state=INSTITUTION_STATES[institution.state],
        states=INSTITUTION_STATES,
        claims=queries.open_claims(institution.id),
        has_representative=bool(queries.representatives_of(institution.id)),
        **{**shown, **forms},
    )


def _try(institution: Institution, name: str, form: FlaskForm, act: Callable[[], None], said: str) -> Any:
    """Validate, act, and show the page again with what is wrong."""
    if form.validate():
        try:
            act()
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(said, "ok")
            return go("administer", institution_id=institution.id)
    return _administer_page(institution, **{name: form, "form": form}), UNPROCESSABLE


@bp.post("/<int:institution_id>/verify")
def verify(institution_id: int) -> Any:
    """Verify, and name the first representative."""
    actor = current_actor()
    institution = queries.get(actor, institution_id)
    insist(policies.administer(actor, institution, queries.tied_ids(actor)))
    form = VerifyForm(prefix="verify-")
    return _try(
        institution,
        "verify_form",
        form,
        lambda: services.verify_directly(
            actor, institution, email=form.email.data, note=form.note.data, version=form.seen
        ),
        _("Verified. The representative has been told."),
    )


@bp.post("/<int:institution_id>/domains")
def change_domains(institution_id: int) -> Any:
    """Say which domains prove an affiliation."""
    actor = current_actor()
    institution = queries.get(actor, institution_id)
    insist(policies.administer(actor, institution, queries.tied_ids(actor)))
    form = DomainsForm(prefix="domains-")
    return _try(
        institution,
        "domains_form",
        form,
        lambda: services.change_domains(actor, institution, domains=form.domains.data, version=form.seen),
        _("Saved."),
    )


@bp.post("/<int:institution_id>/state")
def change_state(institution_id: int) -> Any:
    """Suspend, restore or close."""
    actor = current_actor()
    institution = queries.get(actor, institution_id)
    insist(policies.administer(actor, institution, queries.tied_ids(actor)))
    form = AdministerForm(prefix="state-")
    acts = {"suspend": services.suspend, "restore": services.restore, "close": services.close}
    act = acts.get(request.form.get("decision", ""), services.suspend)
    return _try(
        institution,
        "state_form",
        form,
        lambda: act(actor, institution, note=form.note.data, version=form.seen),
        _("Done. Its representatives have been told."),
    )
