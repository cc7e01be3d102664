"""The photo of a listing: shown, chosen, removed."""

from flask import Response, flash, redirect, render_template

from app.core import access
from app.core.errors import Invalid, NotFound
from app.core.i18n import _
from app.listings import policies, queries, services
from app.listings.forms import PhotoForm
from app.listings.views.blueprint import ONE, Page, bp, find, require_state, to
from app.web.files import send
from app.web.guards import current_actor, public, takes_upload


@bp.route(f"{ONE}/photo")
@public
def photo(catalogue: str, listing_id: int) -> Response:
    """The photo, for those who see the listing."""
    listing = find(catalogue, listing_id)
    found = queries.photo(current_actor(), listing.id)
    if found is None:
        raise NotFound
    return send(found.file, inline=True)


@bp.route(f"{ONE}/edit/photo", methods=["GET", "POST"])
@takes_upload(10)
def edit_photo(catalogue: str, listing_id: int) -> Page:
    """Choose a photo and say what it shows."""
    actor = current_actor()
    listing = find(catalogue, listing_id)
    access.demand(policies.edit, actor, listing)
    require_state(listing, "edit")
    form = PhotoForm()
    if form.validate_on_submit() and form.file.upload:
        try:
            services.set_photo(actor, listing, upload=form.file.upload, alt=form.alt.data or "")
        except Invalid as refusal:
            form.take(refusal)
            listing = find(catalogue, listing_id)
        else:
            flash(_("The photo is shown."), "ok")
            return redirect(to(listing), 303)
    shown = queries.photo(actor, listing.id)
    page = render_template("listings/photo.html", listing=listing, form=form, photo=shown)
    return page, 422 if form.errors else 200


@bp.route(f"{ONE}/edit/photo/remove", methods=["POST"])
def remove_photo(catalogue: str, listing_id: int) -> Page:
    """Take the photo away."""
    listing = find(catalogue, listing_id)
    services.remove_photo(current_actor(), listing)
    flash(_("The photo is removed."), "ok")
    return redirect(to(listing), 303)
