"""Reviewing at once what a file brought for an institution whose first listings are read by others."""

from flask import flash, redirect, render_template, request, url_for

from app.core.access import demand
from app.core.errors import Invalid
from app.core.i18n import _, ngettext
from app.listings import policies
from app.listings.forms.loading import ReviewForm
from app.listings.queries import loading_own as queries
from app.listings.services import loading as services
from app.listings.views.blueprint import Page, bp, to
from app.web.guards import current_actor

UNPROCESSABLE = 422


@bp.route("/resources/loads/<int:load_id>/review", methods=["GET", "POST"])
def load_review(load_id: int) -> Page:
    """The listings that wait, and one decision for all of them; each can be decided by itself on its own page."""
    actor = current_actor()
    load, number = queries.reviewed(actor, load_id)
    demand(policies.review_load, actor, load)
    form = ReviewForm()
    if form.validate_on_submit():
        try:
            if "return" in request.form:
                done = services.return_all(actor, load, note=form.note.data or "")
                said = ngettext("%(num)s listing was returned.", "%(num)s listings were returned.", done)
            else:
                done = services.publish_all(actor, load, note=form.note.data or "")
                said = ngettext("%(num)s listing was published.", "%(num)s listings were published.", done)
        except Invalid as refusal:
            form.take(refusal)
            load, number = queries.reviewed(actor, load_id)
        else:
            flash(said, "ok")
            return redirect(url_for("home.index"), 303)
    page = queries.waiting_of(actor, load, request.args.get("page"))
    status = UNPROCESSABLE if form.is_submitted() else 200
    return render_template(
        "listings/loading_review.html",
        load=load,
        number=number,
        form=form,
        rows=[(row, to(row, "review")) for row in page.rows],
        newer=url_for("listings.load_review", load_id=load.id, page=page.newer) if page.newer else None,
        older=url_for("listings.load_review", load_id=load.id, page=page.older) if page.older else None,
        title=_("Review a file of listings"),
    ), status
