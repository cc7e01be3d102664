"""The review of an institution's first listings, and the moves that have a page of their own."""

from typing import Any

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app.core import access
from app.core.errors import Invalid
from app.core.i18n import _, _l
from app.listings import policies, queries, services
from app.listings.forms import PublishForm, RenewForm, RetireForm, ReturnForm
from app.listings.models import LISTING_STATES, PARTS, Listing
from app.listings.views.blueprint import ONE, Page, bp, find, require_state, to
from app.listings.views.words import in_words
from app.listings.views.writing import part_label
from app.web.fields import seen_version
from app.web.guards import current_actor

FORMS = {"publish": PublishForm, "return": ReturnForm}
OUTCOMES = {
    "published": _l("Published"),
    "returned": _l("Returned with wishes"),
    "recalled": _l("Taken back by its institution"),
    "automatic": _l("Ended because its contact left"),
}


@bp.route(f"{ONE}/review", methods=["GET", "POST"])
def review(catalogue: str, listing_id: int) -> Page:
    """The page of a review; POST decides (`decision` is publish or return)."""
    actor = current_actor()
    listing = find(catalogue, listing_id)
    access.demand(policies.read_review, actor, listing)
    decision = request.form.get("decision", "")
    forms = {
        name: kind(prefix=name)
        if name == decision
        else kind(formdata=None, prefix=name, data={"version": listing.version})
        for name, kind in FORMS.items()
    }
    form = forms.get(decision)
    if form is not None and form.validate():
        answer = _decide(listing, decision, form)
        if answer is not None:
            return answer
        listing = find(catalogue, listing_id)  # the transaction was rolled back: read it again
    wants, askers = queries.parts(listing.id)
    can_decide = bool(policies.decide(actor, listing)) and listing.state == "in_review"
    page = render_template(
        "listings/review.html",
        listing=listing,
        state=LISTING_STATES[listing.state],
        words=in_words(listing, wants, askers),
        part_names={part: part_label(part, listing) for part in PARTS},
        rounds=queries.rounds(listing.id),
        forms_by=forms,
        form_sent=form,
        outcomes=OUTCOMES,
        can_decide=can_decide,
        publish_blocked=policies.blocked(listing, "publish") if can_decide else None,
        is_own=policies.represents(actor, listing),
        sees_detail=bool(policies.sees_detail(actor, listing)),
        decision=decision,
    )
    return page, 422 if form is not None and form.errors else 200


def _decide(listing: Listing, decision: str, form: Any) -> Response | None:
    """Make the decision; the next page, or None when something on the form needs mending."""
    act = services.publish if decision == "publish" else services.return_for_changes
    said = (
        _("Published. Its institution has been told.")
        if decision == "publish"
        else _("Returned. Its institution has been told what you wish.")
    )
    try:
        act(current_actor(), listing, note=form.note.data or "", version=seen_version(form))
    except Invalid as refusal:
        form.take(refusal)
        return None
    flash(said, "ok")
    return redirect(to(listing, "show" if decision == "publish" else "review"), 303)


@bp.route(f"{ONE}/renew", methods=["GET", "POST"])
def renew(catalogue: str, listing_id: int) -> Page:
    """Say that it still holds. The page of the mails' button; opening it changes nothing."""
    listing = find(catalogue, listing_id)
    access.demand(policies.renew, current_actor(), listing)
    require_state(listing, "renew")
    form = RenewForm() if request.method == "POST" else RenewForm(data={"version": listing.version})
    if form.is_submitted() and form.validate():
        try:
            services.renew(
                current_actor(), listing, valid_until=form.valid_until.data, version=seen_version(form)
            )
        except Invalid as refusal:
            form.take(refusal)
            listing = find(catalogue, listing_id)
        else:
            flash(_("It has been renewed. Readers see that it was confirmed today."), "ok")
            return redirect(to(listing), 303)
    page = render_template("listings/renew.html", listing=listing, form=form)
    return page, 422 if form.errors else 200


@bp.route(f"{ONE}/retire", methods=["GET", "POST"])
def retire(catalogue: str, listing_id: int) -> Page:
    """Take it away."""
    listing = find(catalogue, listing_id)
    access.demand(policies.retire, current_actor(), listing)
    require_state(listing, "retire")
    form = RetireForm() if request.method == "POST" else RetireForm(data={"version": listing.version})
    if form.is_submitted() and form.validate():
        services.retire(current_actor(), listing, note=form.note.data or "", version=seen_version(form))
        flash(_("It is retired. Others do not see it any more."), "ok")
        return redirect(to(listing), 303)
    page = render_template("listings/retire.html", listing=listing, form=form)
    return page, 422 if form.errors else 200
