"""Loading many listings from a file: upload, progress, the rows with their faults, correction, confirmation."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.access import demand
from app.core.errors import Invalid
from app.core.i18n import _, get_locale
from app.listings import policies, queries
from app.listings.forms.loading import MEGABYTES, ReplaceForm, UploadForm, correction_form
from app.listings.models import LOAD_STATES, ListingLoad
from app.listings.models.loading import AT_WORK, OPEN
from app.listings.models.loading_columns import COLUMNS
from app.listings.queries import loading as loads
from app.listings.services import loading as services
from app.listings.views.blueprint import Page, bp
from app.listings.views.loading_words import faults_of, file_fault, numbers, outcome_words
from app.web.fields import seen_version
from app.web.guards import current_actor, takes_upload

UNPROCESSABLE = 422


@bp.route("/resources/loads")
def loads_index() -> str:
    """One's loads, and those of the institutions that one represents."""
    actor = current_actor()
    demand(policies.load, actor)
    found = loads.mine(actor, request.args.get("page"))
    places = queries.places_to_post(actor)
    return render_template(
        "listings/loading_index.html",
        page=found,
        states=LOAD_STATES,
        institutions=places.institutions,
        newer=url_for("listings.loads_index", page=found.newer) if found.newer else None,
        older=url_for("listings.loads_index", page=found.older) if found.older else None,
    )


@bp.route("/resources/loads/new", methods=["GET", "POST"])
@takes_upload(MEGABYTES)
def load_new() -> Page:
    """Upload a file."""
    actor = current_actor()
    demand(policies.load, actor)
    places = queries.places_to_post(actor).institutions
    form = UploadForm(language=get_locale())
    form.institution.choices = [(str(key), name) for key, name in places]
    if form.validate_on_submit() and form.file.upload:
        stream, name = form.file.upload
        try:
            load = services.receive(
                actor,
                institution_id=int(form.institution.data),
                stream=stream,
                name=name,
                language=form.language.data,
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return _to(load)
    status = UNPROCESSABLE if form.is_submitted() else 200
    return render_template("listings/loading_new.html", form=form, only=len(places) == 1), status


@bp.route("/resources/loads/<int:load_id>")
def load_show(load_id: int) -> str:
    """How a load stands: progress while the worker is at it, then its rows with their faults."""
    load = loads.get(current_actor(), load_id)
    only_faulty = request.args.get("rows") == "faulty" or load.state == "loaded"
    has_rows = load.state in {"checked", "confirmed", "loading", "loaded"}
    page = loads.rows(load.id, only_faulty, request.args.get("page")) if has_rows else None
    kept: Any = {"rows": "faulty"} if request.args.get("rows") == "faulty" else {}

    def beyond(cursor: str | None) -> str | None:
        return url_for("listings.load_show", load_id=load.id, page=cursor, **kept) if cursor else None

    return render_template(
        "listings/loading_show.html",
        load=load,
        state=LOAD_STATES[load.state],
        is_at_work=load.state in AT_WORK,
        may_cancel=load.state in OPEN and load.state != "loading",
        page=page,
        rows=[{"row": row, "faults": faults_of(row)} for row in page.rows] if page else [],
        newer=beyond(page.newer) if page else None,
        older=beyond(page.older) if page else None,
        only_faulty=only_faulty,
        outcomes=outcome_words(),
        numbers=numbers(load),
        fault=file_fault(load.fault) if load.fault else None,
    )


@bp.route("/resources/loads/<int:load_id>/file", methods=["GET", "POST"])
@takes_upload(MEGABYTES)
def load_replace(load_id: int) -> Page:
    """Upload a corrected file into the same load."""
    actor = current_actor()
    load = loads.get(actor, load_id)
    demand(policies.keep_load, actor, load)
    form = ReplaceForm(version=load.version)
    if form.validate_on_submit() and form.file.upload:
        stream, name = form.file.upload
        try:
            services.replace(actor, load, stream=stream, name=name, version=seen_version(form))
        except Invalid as refusal:
            form.take(refusal)
            load = loads.get(actor, load_id)
        else:
            return _to(load)
    status = UNPROCESSABLE if form.is_submitted() else 200
    return render_template("listings/loading_replace.html", form=form, load=load), status


@bp.route("/resources/loads/<int:load_id>/rows/<int:number>", methods=["GET", "POST"])
def load_correct(load_id: int, number: int) -> Page:
    """Correct the faulty cells of one row."""
    actor = current_actor()
    load = loads.get(actor, load_id)
    demand(policies.keep_load, actor, load)
    row = loads.row(load, number)
    faults = faults_of(row)
    if not faults or (request.method == "GET" and load.state != "checked"):
        return _to(load)
    columns = [name for name in COLUMNS if name in {fault.column for fault in faults}]
    likest = {fault.column: fault.likest for fault in faults if fault.likest}
    form = correction_form(columns)(
        data={name: likest.get(name) or _text(row.cells.get(name, "")) for name in columns}
    )
    if form.validate_on_submit():
        row = services.correct(actor, load, number, {name: form[name].data or "" for name in columns})
        if not row.faults:
            return _next(loads.get(actor, load_id), number)
        # What was typed stands in the fields of a fresh form, with what is still wrong.
        faults = faults_of(row)
        columns = [name for name in COLUMNS if name in {fault.column for fault in faults}]
        form = correction_form(columns)(
            formdata=None, data={name: _text(row.cells.get(name, "")) for name in columns}
        )
    for fault in faults:
        if fault.column in form:
            form[fault.column].errors = [*form[fault.column].errors, f"{fault.what}. {fault.mend}"]
    status = UNPROCESSABLE if form.is_submitted() else 200
    load = loads.get(actor, load_id)
    return render_template(
        "listings/loading_row.html", form=form, load=load, row=row, columns=columns
    ), status


def _text(cell: Any) -> str:
    return str(cell[0] if isinstance(cell, list) else cell)


def _next(load: ListingLoad, number: int) -> Response:
    """The next faulty row, or the load when there is none."""
    following = loads.next_faulty(load, number)
    if following is None:
        flash(_("No row is faulty any more."), "ok")
        return _to(load)
    flash(_("Row %(row)s is right now. This is the next one.", row=number), "ok")
    return redirect(url_for("listings.load_correct", load_id=load.id, number=following), 303)


@bp.route("/resources/loads/<int:load_id>/confirm", methods=["POST"])
def load_confirm(load_id: int) -> Page:
    """Say that it may be loaded."""
    actor = current_actor()
    load = loads.get(actor, load_id)
    try:
        services.confirm(
            actor, load, only_good=request.form.get("only_good") == "yes", version=seen_version()
        )
    except Invalid as refusal:
        flash(str(next(iter(refusal.fields.values()))), "warn")
    return _to(load)


@bp.route("/resources/loads/<int:load_id>/cancel", methods=["GET", "POST"])
def load_cancel(load_id: int) -> Page:
    """Give it up, after a question: its rows are gone then."""
    actor = current_actor()
    load = loads.get(actor, load_id)
    demand(policies.keep_load, actor, load)
    if request.method == "POST":
        services.cancel(actor, load)
        flash(_("The load was cancelled. Nothing of it was kept."), "ok")
        return redirect(url_for("listings.loads_index"), 303)
    return render_template("listings/loading_cancel.html", load=load)


def _to(load: ListingLoad) -> Response:
    return redirect(url_for("listings.load_show", load_id=load.id), 303)
