"""Adding files to a thing, fetching them, removing them."""

from flask import Blueprint, Response, flash, redirect, render_template, request

from app.core import things
from app.core.access import demand
from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _
from app.files import policies, queries, services
from app.files.forms import FOR_WHOM, MEGABYTES, AddForm
from app.web.fields import seen_version
from app.web.files import send
from app.web.guards import current_actor, public, takes_upload
from app.web.jinja import way_to

bp = Blueprint("files", __name__, url_prefix="/files", template_folder="templates")
Page = str | Response | tuple[str, int]
UNPROCESSABLE = 422


@bp.route("/<kind>/<int:thing_id>/add", methods=["GET", "POST"])
@takes_upload(MEGABYTES)
def add(kind: str, thing_id: int) -> Page:
    """The page with the form; one file at a time, each with its own words."""
    actor = current_actor()
    known, record = things.find(actor, kind, thing_id)
    demand(policies.add_file, actor, known, record)
    about = known.about(record)
    form = AddForm(language=about.language)
    names = {**FOR_WHOM, **known.audience_names}
    form.audience.choices = [
        (audience, str(names[audience])) for audience in policies.audiences_for(actor, known, record)
    ]
    if form.validate_on_submit() and form.file.upload:
        try:
            added = services.add(
                actor,
                kind,
                thing_id,
                upload=form.file.upload,
                title=form.title.data,
                description=form.description.data,
                language=form.language.data,
                licence=form.licence.data,
                audience=form.audience.data,
            )
        except Invalid as refusal:
            form.take(refusal)
        except RuleBroken as full:
            form.file.errors = [str(full.text)]
        else:
            flash(_("“%(name)s” was added.", name=added.title), "ok")
            return _back(about)
    status = UNPROCESSABLE if form.is_submitted() else 200
    return render_template("files/add.html", form=form, about=about, crumbs=way_to(about)), status


def _back(about: things.About) -> Response:
    return redirect(f"{about.path}#files", 303)  # type: ignore[return-value]  # ours is Werkzeug's


@bp.get("/<int:attachment_id>/<name>")
@public
def fetch(attachment_id: int, name: str) -> Response:
    """The file. Its name stands in the address for people; the number says which it is."""
    attachment, _kind, _record = queries.get(current_actor(), attachment_id)
    if attachment.file is None or name != attachment.file.name:
        raise NotFound
    return send(attachment.file)


@bp.get("/<int:attachment_id>/preview")
@public
def preview(attachment_id: int) -> Response:
    """The small picture."""
    attachment, _kind, _record = queries.get(current_actor(), attachment_id)
    if attachment.preview is None:
        raise NotFound
    return send(attachment.preview, inline=True)


@bp.route("/<int:attachment_id>/remove", methods=["GET", "POST"])
def remove(attachment_id: int) -> Page:
    """Asks first: it cannot be undone."""
    actor = current_actor()
    attachment, kind, record = queries.get(actor, attachment_id)
    demand(policies.remove_file, actor, kind, record, attachment)
    about = kind.about(record)
    if request.method == "POST":
        title = attachment.title
        services.remove(actor, attachment, version=seen_version())
        flash(_("“%(name)s” was removed.", name=title), "ok")
        return _back(about)
    return render_template("files/remove.html", attachment=attachment, about=about, crumbs=way_to(about))
