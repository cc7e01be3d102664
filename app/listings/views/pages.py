"""The page of a listing, its discussion, and the institution's own listings."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import access, clock
from app.core.i18n import _, fmt_date, get_locale, ngettext
from app.core.text import is_key
from app.discussion import queries as discussion
from app.exchange import queries as exchange
from app.files import queries as files
from app.interest import queries as interest
from app.listings import policies, queries, services
from app.listings.models import LISTING_STATES, Listing
from app.listings.views.blueprint import ONE, Page, bp, find, stay_canonical, to
from app.listings.views.words import in_words
from app.translating import queries as translating
from app.web.fields import seen_version
from app.web.guards import current_actor, public


@bp.route(ONE)
@public
def show(catalogue: str, listing_id: int) -> Page:
    """The page of a listing."""
    actor = current_actor()
    detail = queries.detail(actor, listing_id)
    listing = detail.listing
    stay_canonical(catalogue, listing)
    is_reader = bool(policies.read_review(actor, listing))
    review = (
        queries.newest_review(listing.id)
        if is_reader and listing.state in {"in_review", "returned"}
        else None
    )
    return render_template(
        "listings/show.html",
        detail=detail,
        listing=listing,
        words=in_words(listing, detail.wants, detail.askers),
        state=LISTING_STATES[listing.state],
        shown=translating.shown(actor, "listing", listing, get_locale(), "original" in request.args),
        sees_detail=bool(policies.sees_detail(actor, listing)),
        files=files.of(actor, "listing", listing),
        files_of=queries.LISTING.about(listing),
        may_attach=queries.LISTING.attach(actor, listing),
        review=review,
        choices=_choices(listing),
        freshness=_freshness(listing),
        is_own=policies.represents(actor, listing),
        may_see_contact=bool(access.can("accounts.view_person", actor, listing.contact)),
        **exchange.beside_listing(actor, listing),
        **interest.beside_page(actor, "listing", listing, {key for key, _name in detail.askers}),
    )


def _freshness(listing: Listing) -> str:
    """When somebody of the institution last said that it still holds, in words."""
    if listing.confirmed_at is None or listing.state != "published":
        return ""
    days = (clock.today() - listing.confirmed_at.date()).days
    day = fmt_date(listing.confirmed_at)
    if days < 1:
        return _("Confirmed today")
    return ngettext(
        "Confirmed on %(day)s, %(num)s day ago", "Confirmed on %(day)s, %(num)s days ago", days, day=day
    )


def _choices(listing: Listing) -> list[dict[str, str]]:
    """What the reader may do here beyond reading; what state forbids now is left out, or said where one expects it."""
    actor = current_actor()
    table = [
        ("edit", "listings.edit", _("Change it"), "edit"),
        ("recall", "listings.recall", _("Take it back"), "recall"),
        ("renew", "listings.renew", _("Renew it"), "renew"),
        ("pause", "listings.pause", _("Pause it"), "pause"),
        ("resume", "listings.resume", _("Put it on the list again"), "resume"),
        ("retire", "listings.retire", _("Retire it"), "retire"),
        ("reopen", "listings.reopen", _("Open it again"), "reopen"),
    ]
    found = []
    for verb, permission, label, page in table:
        if not access.can(permission, actor, listing):
            continue
        no = policies.blocked(listing, verb)
        if no is None or no.code in {"in_review", "end_passed"}:
            found.append(
                {
                    "verb": verb,
                    "label": label,
                    "url": to(listing, page),
                    "why_not": "" if no is None else str(no.text),
                }
            )
    if policies.represents(actor, listing):
        if policies.blocked(listing, "edit") is None:
            label = _("Show a photo")
            found.append({"verb": "photo", "label": label, "url": to(listing, "edit_photo"), "why_not": ""})
        label = (
            _("We need something like it too")
            if listing.direction == "offer"
            else _("We offer something like it too")
        )
        found.append({"verb": "mirror", "label": label, "url": to(listing, "mirror"), "why_not": ""})
    return found


@bp.route(f"{ONE}/discussion")
@public
def talk(catalogue: str, listing_id: int) -> Page:
    """The discussion about a listing."""
    actor = current_actor()
    listing = find(catalogue, listing_id)
    return render_template(
        "listings/discussion.html",
        listing=listing,
        state=LISTING_STATES[listing.state],
        thread=discussion.thread(actor, "listing", listing, request.args.get("page")),
    )


# ---- an institution's own ------------------------------------------------------------------------------------


@bp.route("/resources/manage")
def manage() -> Page:
    """All listings of the institutions that the reader represents, in every state."""
    actor = current_actor()
    access.demand(policies.create, actor)
    state = request.args.get("state", "")
    state = state if state in LISTING_STATES.names else ""
    found = queries.managed(actor, state, request.args.get("page"))
    return render_template(
        "listings/manage.html", found=found, state=state, states=LISTING_STATES, today=clock.today()
    )


@bp.route("/resources/manage/renew", methods=["POST"])
def renew_many() -> Response:
    """Renew the ticked ones."""
    ids = {int(value) for value in request.form.getlist("listing") if is_key(value)}
    done = services.renew_many(current_actor(), ids)
    if done:
        flash(
            ngettext("%(num)s listing has been renewed.", "%(num)s listings have been renewed.", done), "ok"
        )
    else:
        flash(_("Nothing was renewed: tick what is published or expired."), "warn")
    state = request.form.get("state", "")
    return redirect(url_for("listings.manage", state=state or None), 303)


# ---- what happens with one click -----------------------------------------------------------------------------


def _moved(listing: Listing, said: str) -> Response:
    flash(said, "ok")
    return redirect(to(listing), 303)


@bp.route(f"{ONE}/recall", methods=["POST"])
def recall(catalogue: str, listing_id: int) -> Page:
    """Take it back out of review."""
    listing = find(catalogue, listing_id)
    services.recall(current_actor(), listing, version=seen_version())
    flash(_("It is a draft again."), "ok")
    return redirect(to(listing, "edit"), 303)


@bp.route(f"{ONE}/pause", methods=["POST"])
def pause(catalogue: str, listing_id: int) -> Page:
    """Take it off the list for a while."""
    listing = find(catalogue, listing_id)
    services.pause(current_actor(), listing, version=seen_version())
    return _moved(listing, _("It is paused: no list shows it until you put it back."))


@bp.route(f"{ONE}/resume", methods=["POST"])
def resume(catalogue: str, listing_id: int) -> Page:
    """Put it on the list again."""
    listing = find(catalogue, listing_id)
    services.resume(current_actor(), listing, version=seen_version())
    return _moved(listing, _("It is on the list again."))


@bp.route(f"{ONE}/reopen", methods=["POST"])
def reopen(catalogue: str, listing_id: int) -> Page:
    """Make what was retired a draft again."""
    listing = find(catalogue, listing_id)
    services.reopen(current_actor(), listing, version=seen_version())
    flash(_("It is a draft again."), "ok")
    return redirect(to(listing, "edit"), 303)


@bp.route(f"{ONE}/mirror", methods=["POST"])
def mirror(catalogue: str, listing_id: int) -> Page:
    """Begin the same in the other direction."""
    listing = find(catalogue, listing_id)
    other = services.mirror(current_actor(), listing)
    said = (
        _("A need begins as a copy. Change what differs.")
        if other.direction == "need"
        else _("An offer begins as a copy. Change what differs.")
    )
    flash(said, "ok")
    return redirect(to(other, "edit"), 303)
