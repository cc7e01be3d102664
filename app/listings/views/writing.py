"""Writing a listing: begin a draft, the task list, a page for each part, check and send."""

from typing import Any

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app.core import access, vocab
from app.core.errors import Invalid, NotFound
from app.core.i18n import _, _l, get_locale
from app.core.text import is_key
from app.institutions import queries as institutions
from app.listings import policies, queries, services
from app.listings.forms import PART_FORMS, NewForm, SendForm
from app.listings.models import (
    CATALOGUES,
    DIRECTIONS,
    INSTRUMENTAL,
    LISTING_STATES,
    PARTS,
    PUBLIC_STATES,
    TECHNICAL,
    Listing,
    missing,
)
from app.listings.views.blueprint import BOTH, ONE, Page, bp, find, require_state, to
from app.listings.views.words import in_words
from app.web.fields import seen_version
from app.web.guards import current_actor
from app.web.listed import ListForm

COMPLETED = {"label": _l("Complete"), "tone": "ok"}
INCOMPLETE = {"label": _l("Incomplete"), "tone": ""}
NOT_YET = {"label": _l("Cannot start yet"), "tone": ""}
READY = {"label": _l("Ready"), "tone": ""}
# What a part asks of some kinds alone.
ONLY_FOR = {
    **dict.fromkeys(("readiness", "rights", "rights_numbers", "advantages"), TECHNICAL),
    **dict.fromkeys(("manufacturer", "model", "persistent_id", "operator_needed"), INSTRUMENTAL),
}
FOUND_AT_ONCE = 6


@bp.route(f"/{BOTH}/new", methods=["GET", "POST"])
def new(catalogue: str) -> Page:
    """For whom, offer or need, of which kind, its title; makes a draft."""
    actor = current_actor()
    may = policies.create(actor)
    if not may:
        why = may.text if isinstance(may, access.No) else ""
        return render_template("listings/cannot_post.html", catalogue=catalogue, why=why)
    places = queries.places_to_post(actor)
    form = NewForm()
    form.institution.choices = [(str(key), name) for key, name in places.institutions]
    if not form.is_submitted():
        form.language.data = get_locale()
        form.direction.data = _given("direction", DIRECTIONS, "offer")
        form.kind.data = request.args.get("kind", "")
        form.institution.data = request.args.get("institution", "") or form.institution.data
    if form.validate_on_submit():
        try:
            listing = services.create(
                actor,
                institution_id=int(form.institution.data),
                direction=form.direction.data,
                kind=form.kind.data,
                title=form.title.data,
                language=form.language.data,
            )
            return redirect(to(listing, "edit"), 303)
        except Invalid as refusal:
            form.take(refusal)
    page = render_template(
        "listings/new.html",
        form=form,
        catalogue=catalogue,
        groups=CATALOGUES[catalogue],
        kinds=_kinds(catalogue, form),
    )
    return page, 422 if form.errors else 200


def _given(name: str, table: Any, usual: str) -> str:
    value = request.args.get(name, "")
    return value if value in table else usual


def _kinds(catalogue: str, form: NewForm) -> list[tuple[str, list[Any]]]:
    """The groups of kinds, those of this list first."""
    groups = list(form.kind.iter_groups())
    mine = {vocab.group_label(code) for code in CATALOGUES[catalogue]}
    return sorted(groups, key=lambda pair: (bool(pair[0]), pair[0] not in mine))


def _editable(catalogue: str, listing_id: int) -> Listing:
    """The listing for its representatives, while it can be changed. Raises NotFound, NotAllowed, RuleBroken."""
    listing = find(catalogue, listing_id)
    access.demand(policies.edit, current_actor(), listing)
    require_state(listing, "edit")
    return listing


def _tasks(listing: Listing, lacking: dict[str, Any], current: str = "") -> list[dict[str, Any]]:
    """The parts with their states, and the sending at the end."""
    tasks = [
        {
            "label": part_label(part, listing),
            "url": to(listing, "edit_part", part=part),
            "state": INCOMPLETE if part in lacking else COMPLETED,
            "current": part == current,
        }
        for part in PARTS
    ]
    if listing.state not in PUBLIC_STATES:
        send = {
            "label": _("Check and send"),
            "state": NOT_YET if lacking else READY,
            "current": current == "check",
        }
        if not lacking:
            send["url"] = to(listing, "check")
        tasks.append(send)
    return tasks


def part_label(part: str, listing: Listing) -> str:
    """The name of a part; the last one is mirrored for needs."""
    if part == "return":
        return _("What we want in return") if listing.direction == "offer" else _("What we give for it")
    return str(PARTS[part])


@bp.route(f"{ONE}/edit")
def edit(catalogue: str, listing_id: int) -> Page:
    """The task list."""
    listing = _editable(catalogue, listing_id)
    lacking = missing(queries.values_of(listing))
    return render_template(
        "listings/edit.html",
        listing=listing,
        state=LISTING_STATES[listing.state],
        tasks=_tasks(listing, lacking),
        is_public=listing.state in PUBLIC_STATES,
        ready=not lacking,
        trusted=queries.has_earned_trust(listing.institution_id),
    )


@bp.route(f"{ONE}/edit/<part>", methods=["GET", "POST"])
def edit_part(catalogue: str, listing_id: int, part: str) -> Page:
    """One part of it. Saved as it stands by "later", and complete by "go on"."""
    if part not in PART_FORMS:
        raise NotFound
    listing = _editable(catalogue, listing_id)
    values = queries.values_of(listing)
    form = _part_form(part, listing, values)
    found = []
    if form.is_submitted():
        form.gather()
        if part == "conditions":
            found = _find_asker(form)
        if {"add", "remove"} & set(request.form):
            form.change_lines(request.form.get("add"), request.form.get("remove"))
        elif form.validate():
            answer = _save(listing, part, form)
            if answer is not None:
                return answer
            listing = _editable(catalogue, listing_id)  # the transaction was rolled back: read it again
    lacking = missing(queries.values_of(listing))
    page = render_template(
        "listings/part.html",
        listing=listing,
        state=LISTING_STATES[listing.state],
        part=part,
        title=part_label(part, listing),
        form=form,
        tasks=_tasks(listing, lacking, part),
        number=list(PARTS).index(part) + 1,
        is_public=listing.state in PUBLIC_STATES,
        field_names=dict(form.chosen()),
        found=found,
    )
    return page, 422 if form.errors else 200


def _part_form(part: str, listing: Listing, values: dict[str, Any]) -> ListForm:
    kind = PART_FORMS[part]
    form = (
        kind() if request.method == "POST" else kind(data={**_for_form(values), "version": listing.version})
    )
    if part == "what":
        for name, kinds in ONLY_FOR.items():
            if listing.kind not in kinds:
                del form[name]
    if part == "conditions":
        consortia = queries.consortia_of(listing.institution_id)
        form["consortium_id"].choices = [("", _("None")), *((str(key), name) for key, name in consortia)]
        people = dict(queries.contacts_of(listing.institution_id))
        people.setdefault(listing.contact_id, listing.contact.display_name)
        form["contact_id"].choices = [(str(key), name) for key, name in people.items()]
        _offer_askers(form)
    return form


def _for_form(values: dict[str, Any]) -> dict[str, Any]:
    """Values as the fields take them: ids and levels as text."""
    return {
        **values,
        "readiness": str(values["readiness"] or ""),
        "operator_needed": {True: "yes", False: "no"}.get(values["operator_needed"], ""),
        "consortium_id": str(values["consortium_id"] or ""),
        "contact_id": str(values["contact_id"]),
        "askers": [str(key) for key in values["askers"]],
    }


def _offer_askers(form: ListForm) -> None:
    """The named institutions as ticks: those that are chosen."""
    ids = [int(key) for key in form["askers"].data or [] if is_key(key)]
    form["askers"].choices = [(str(key), name) for key, (name, _country) in institutions.names(ids).items()]


def _find_asker(form: ListForm) -> list[Any]:
    """Institutions like what was typed to be named, when their button was pressed; the one meant is ticked at once."""
    typed = form["asker_more"].data or ""
    if request.form.get("add") != "askers" or not typed:
        return []
    found = institutions.find(typed, FOUND_AT_ONCE)
    exact = [one for one in found if one.name.casefold() == typed.casefold()]
    for one in exact or (found if len(found) == 1 else []):
        form["askers"].data = list(dict.fromkeys([*(form["askers"].data or []), str(one.id)]))
        form["asker_more"].data, form["asker_more"].raw_data = "", None
        _offer_askers(form)
        return []
    return found


def _save(listing: Listing, part: str, form: ListForm) -> Response | None:
    """Keep the part; the next page, or None when something is missing that is said on the form."""
    values = form.values()
    later = "later" in request.form
    was_public = listing.state in PUBLIC_STATES
    try:
        lacking = {} if later else missing({**values, "direction": listing.direction}).get(part, {})
        if lacking:
            raise Invalid(dict(lacking))
        services.save(current_actor(), listing, part, version=seen_version(form), **values)
    except Invalid as refusal:
        form.take(refusal)
        return None
    if was_public:
        flash(_("Saved. Everybody who sees it sees the new text."), "ok")
        return redirect(to(listing), 303)
    flash(_("Saved."), "ok")
    return redirect(_next(listing, part, later), 303)


def _next(listing: Listing, part: str, later: bool) -> str:
    parts = list(PARTS)
    at = parts.index(part) + 1
    if later:
        return to(listing, "edit")
    if at < len(parts):
        return to(listing, "edit_part", part=parts[at])
    return to(listing, "edit" if missing(queries.values_of(listing)) else "check")


@bp.route(f"{ONE}/check", methods=["GET", "POST"])
def check(catalogue: str, listing_id: int) -> Page:
    """All answers, and the button that sends it."""
    actor = current_actor()
    listing = _editable(catalogue, listing_id)
    require_state(listing, "send")
    lacking = missing(queries.values_of(listing))
    if lacking:
        return redirect(to(listing, "edit"), 303)
    form = SendForm(data={"version": listing.version}) if request.method == "GET" else SendForm()
    if form.is_submitted():
        services.send(actor, listing, version=seen_version(form))
        return redirect(to(listing, "sent"), 303)
    wants, askers = queries.parts(listing.id)
    return render_template(
        "listings/check.html",
        listing=listing,
        words=in_words(listing, wants, askers),
        part_names={part: part_label(part, listing) for part in PARTS},
        form=form,
        tasks=_tasks(listing, lacking, "check"),
        trusted=queries.has_earned_trust(listing.institution_id),
    )


@bp.route(f"{ONE}/sent")
def sent(catalogue: str, listing_id: int) -> Page:
    """It has been sent: its number, and what happens next by when."""
    listing = find(catalogue, listing_id)
    access.demand(policies.edit, current_actor(), listing)
    review = queries.newest_review(listing.id)
    if listing.state not in {"in_review", "published"}:
        return redirect(to(listing), 303)
    return render_template("listings/sent.html", listing=listing, review=review)
