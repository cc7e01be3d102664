"""Representatives' pages: the people, one affiliation, the settings."""

from typing import Any

from flask import flash, render_template, request, url_for

from app.core.access import insist
from app.core.errors import Invalid
from app.core.i18n import LOCALES, _
from app.institutions import policies, queries, services
from app.institutions.forms import DecideForm, EndForm, RoleForm, SettingsForm
from app.institutions.models import AFFILIATION_STATES, DECLINE_CODES, Affiliation, Institution
from app.institutions.views.blueprint import UNPROCESSABLE, bp, go
from app.web.guards import current_actor


@bp.get("/<int:institution_id>/people")
def people(institution_id: int) -> str:
    """Everybody who belongs or asks to, for representatives."""
    actor = current_actor()
    institution = queries.get(actor, institution_id)
    insist(policies.manage(actor, institution))
    page = queries.people_page(actor, institution_id, request.args.get("page"))
    here = url_for("institutions.people", institution_id=institution_id)
    return render_template(
        "institutions/people.html",
        institution=institution,
        rows=page.rows,
        states=AFFILIATION_STATES,
        newer_url=f"{here}?page={page.newer}" if page.newer else None,
        older_url=f"{here}?page={page.older}" if page.older else None,
    )


@bp.get("/<int:institution_id>/affiliations/<int:affiliation_id>")
def affiliation(institution_id: int, affiliation_id: int) -> str:
    """One affiliation: who asks and the answer to it, or the part somebody has."""
    found = queries.affiliation(current_actor(), institution_id, affiliation_id)
    return _affiliation_page(found)


def _affiliation_page(found: Affiliation, **forms: Any) -> str:
    version = str(found.version)
    shown = {
        "decide_form": DecideForm(formdata=None, data={"version": version}),
        "role_form": RoleForm(
            formdata=None,
            data={
                "version": version,
                "is_representative": found.role == "representative",
                "is_signatory": found.is_signatory,
                "is_deputy": found.is_deputy,
            },
        ),
        "end_form": EndForm(formdata=None, data={"version": version}, prefix="end-"),
    }
    return render_template(
        "institutions/affiliation.html",
        affiliation=found,
        institution=found.institution,
        person=found.person,
        state=AFFILIATION_STATES[found.state],
        trust=queries.trust_label(found.confirmed_how),
        decline_codes=DECLINE_CODES,
        **{**shown, **forms},
    )


@bp.post("/<int:institution_id>/affiliations/<int:affiliation_id>")
def decide(institution_id: int, affiliation_id: int) -> Any:
    """Confirm or decline."""
    actor = current_actor()
    found = queries.affiliation(actor, institution_id, affiliation_id)
    form = DecideForm()
    if form.validate():
        try:
            if request.form.get("decision") == "confirm":
                services.confirm_affiliation(actor, found, note=form.note.data, version=form.seen)
            else:
                services.decline_affiliation(
                    actor, found, reason=form.reason.data, note=form.note.data, version=form.seen
                )
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("%(person)s has been told.", person=found.person.display_name), "ok")
            return go("people", institution_id=institution_id)
    return _affiliation_page(found, decide_form=form, form=form), UNPROCESSABLE


@bp.post("/<int:institution_id>/affiliations/<int:affiliation_id>/role")
def change_role(institution_id: int, affiliation_id: int) -> Any:
    """Give somebody a part, or take it back."""
    actor = current_actor()
    found = queries.affiliation(actor, institution_id, affiliation_id)
    form = RoleForm()
    services.change_role(
        actor,
        found,
        is_representative=form.is_representative.data,
        is_signatory=form.is_signatory.data,
        is_deputy=form.is_deputy.data,
        version=form.seen,
    )
    flash(_("Saved. %(person)s has been told.", person=found.person.display_name), "ok")
    return go("people", institution_id=institution_id)


@bp.post("/<int:institution_id>/affiliations/<int:affiliation_id>/end")
def end(institution_id: int, affiliation_id: int) -> Any:
    """End somebody's affiliation."""
    actor = current_actor()
    found = queries.affiliation(actor, institution_id, affiliation_id)
    form = EndForm(prefix="end-")
    if form.validate():
        try:
            services.end_affiliation(
                actor, found, reason=form.reason.data, note=form.note.data, version=form.seen
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("Ended. %(person)s has been told.", person=found.person.display_name), "ok")
            return go("people", institution_id=institution_id)
    return _affiliation_page(found, end_form=form, form=form), UNPROCESSABLE


@bp.route("/<int:institution_id>/settings", methods=["GET", "POST"])
def settings(institution_id: int) -> Any:
    """How the institution works."""
    actor = current_actor()
    institution = queries.get(actor, institution_id)
    insist(policies.manage(actor, institution))
    form = SettingsForm(data=_settings_of(institution))
    if form.validate_on_submit():
        try:
            services.change_settings(
                actor,
                institution,
                description=form.descriptions(),
                zone=form.zone.data,
                weekend=[int(day) for day in form.weekend.data],
                working_languages=form.working_languages(),
                confirms_participation=form.confirms_participation.data,
                version=form.seen,
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("Saved."), "ok")
            return go("show", institution_id=institution_id)
    page = render_template("institutions/settings.html", institution=institution, form=form)
    return (page, UNPROCESSABLE) if form.errors else page


def _settings_of(institution: Institution) -> dict[str, Any]:
    texts = institution.description
    other = next((code for code in texts if code not in LOCALES), "")
    spoken = [*institution.working_languages, "", "", "", ""]
    return {
        "version": str(institution.version),
        "description_en": texts.get("en", ""),
        "description_ar": texts.get("ar", ""),
        "other_language": other,
        "description_other": texts.get(other, ""),
        "zone": institution.zone,
        "weekend": [str(day) for day in institution.weekend],
        **{f"language_{at + 1}": spoken[at] for at in range(4)},
        "confirms_participation": institution.confirms_participation,
    }
