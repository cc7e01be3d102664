"""The parties of an agreement: who they are, who signs for each, finding another one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.agreements import queries, services
from app.agreements.forms.writing import PartyForm
from app.agreements.views.blueprint import bp, head
from app.agreements.views.writing import draft, tasks
from app.core.errors import Invalid, NotFound
from app.core.i18n import _, get_locale
from app.core.text import is_key, key_of
from app.core.vocab import country_name
from app.institutions.queries import lookup, registry
from app.web.guards import current_actor

MOST_FOUND = 8

Page = str | Response | tuple[str, int]


@bp.route("/<int:agreement_id>/parties")
def parties(agreement_id: int) -> Page:
    """The parties, who signs for each, and the search for another one."""
    agreement = draft(agreement_id)
    rows = queries.parties_of(agreement.id)
    lacking = queries.missing(agreement, rows, queries.commitments_of(agreement.id))
    words = request.args.get("q", "")[:200]
    found = lookup.find(words, MOST_FOUND) if words else []
    known = {row.institution_id for row in rows}
    return render_template(
        "agreements/parties.html",
        **head(agreement),
        rows=rows,
        forms_by=_signatory_forms(rows),
        tasks=tasks(agreement, lacking, "parties"),
        lacking=lacking.get("parties", {}),
        words=words,
        found=[(row, country_name(row.country, get_locale())) for row in found if row.id not in known],
    )


def _signatory_forms(rows: list[Any]) -> dict[int, PartyForm]:
    """A form for each party's signatory; none where nobody may sign yet."""
    may = queries.signatories([row.institution_id for row in rows])
    made = {}
    for row in rows:
        people = may[row.institution_id]
        if people:
            form = PartyForm(
                formdata=None,
                prefix=f"p{row.institution_id}",
                data={"signatory": str(row.signatory_id or "")},
            )
            form.signatory.choices = [("", _("Not named yet")), *((str(key), name) for key, name in people)]
            made[row.institution_id] = form
    return made


def _back_to_parties(agreement_id: int, said: str = "") -> Response:
    if said:
        flash(said, "ok")
    return redirect(url_for("agreements.parties", agreement_id=agreement_id), 303)


@bp.post("/<int:agreement_id>/parties/add")
def add_party(agreement_id: int) -> Page:
    """Add an institution."""
    actor = current_actor()
    agreement = queries.get(actor, agreement_id)
    typed = request.form.get("institution", "")
    if not is_key(typed):
        raise NotFound
    home = registry.get(actor, int(typed))
    try:
        services.add_party(actor, agreement, institution_id=home.id)
    except Invalid as refusal:
        flash(str(next(iter(refusal.fields.values()))), "bad")
        return _back_to_parties(agreement_id)
    return _back_to_parties(agreement_id, _("Added. Say who signs for it, if you know."))


@bp.post("/<int:agreement_id>/parties/<int:institution_id>/remove")
def remove_party(agreement_id: int, institution_id: int) -> Page:
    """Take a party out."""
    actor = current_actor()
    services.remove_party(actor, queries.get(actor, agreement_id), institution_id=institution_id)
    return _back_to_parties(agreement_id, _("Taken out."))


@bp.post("/<int:agreement_id>/parties/<int:institution_id>/signatory")
def name_signatory(agreement_id: int, institution_id: int) -> Page:
    """Say who signs for a party."""
    actor = current_actor()
    agreement = queries.get(actor, agreement_id)
    typed = request.form.get(f"p{institution_id}-signatory", "")
    try:
        services.name_signatory(actor, agreement, institution_id=institution_id, person_id=key_of(typed))
    except Invalid as refusal:
        flash(str(next(iter(refusal.fields.values()))), "bad")
    else:
        flash(_("Saved."), "ok")
    if agreement.number:
        return redirect(url_for("agreements.show", agreement_id=agreement_id) + "#sign", 303)
    return _back_to_parties(agreement_id)
