"""What is done with one comment: change it, see how it was, take it back, name its author as contributor."""

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.core.access import insist
from app.core.errors import Invalid, NotFound
from app.core.i18n import _
from app.discussion import policies, queries, services
from app.discussion.forms import EditForm, VersionForm
from app.discussion.queries.thread import names_of
from app.discussion.views.blueprint import bp, page
from app.web.fields import seen_version
from app.web.guards import current_actor, public


def _to(comment_id: int, message: str) -> Response:
    flash(message, "ok")
    return redirect(url_for("discussion.comment", comment_id=comment_id) + f"#comment-{comment_id}", 303)


@bp.route("/comments/<int:comment_id>/edit", methods=["GET", "POST"])
def edit(comment_id: int) -> Any:
    """Change one's comment."""
    actor = current_actor()
    found = queries.get(actor, comment_id)
    comment = found.comment
    insist(policies.edit(actor, comment))
    names = names_of(found.kind)
    least = policies.narrowness(comment.audience)
    form = EditForm(
        data={
            "text": comment.text,
            "language": comment.language,
            "audience": comment.audience,
            "version": str(comment.version),
        }
    ).offer(
        [
            (name, names[name])
            for name in names
            if name in found.audiences and policies.narrowness(name) >= least
        ]
    )
    about = found.about
    if form.validate_on_submit():
        try:
            services.edit(
                actor,
                comment_id,
                text=form.text.data,
                language=form.language.data,
                audience=form.audience.data,
                version=seen_version(form),
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return _to(comment_id, _("Your comment is changed. How it was stands in its history."))
    return page("edit", about, form, comment_id=comment_id)


@bp.get("/comments/<int:comment_id>/versions")
@public
def versions(comment_id: int) -> Any:
    """How a comment was before it was changed; nothing of what is hidden or taken back."""
    actor = current_actor()
    found = queries.get(actor, comment_id)
    if found.comment.state != "shown":
        raise NotFound
    one = queries.said(actor, comment_id, found)
    return page(
        "versions",
        found.about,
        one=one,
        names=names_of(found.kind),
        versions=queries.versions(comment_id),
    )


@bp.route("/comments/<int:comment_id>/withdraw", methods=["GET", "POST"])
def withdraw(comment_id: int) -> Any:
    """Take one's comment back, asked once more."""
    actor = current_actor()
    found = queries.get(actor, comment_id)
    insist(policies.withdraw(actor, found.comment))
    form = VersionForm(data={"version": str(found.comment.version)})
    if form.validate_on_submit():
        services.withdraw(actor, comment_id, version=seen_version(form))
        return _to(comment_id, _("Your comment is taken back."))
    return page("withdraw", found.about, form, comment=found.comment)


@bp.post("/comments/<int:comment_id>/contributor")
def ask_naming(comment_id: int) -> Any:
    """Ask the author to be named as contributor, or take that back."""
    actor = current_actor()
    if request.form.get("wish") == "none":
        services.take_naming_back(actor, comment_id)
        return _to(comment_id, _("Nobody is named for this comment any more."))
    services.ask_naming(actor, comment_id)
    return _to(comment_id, _("The author is asked. The name is shown when they agree."))


@bp.route("/comments/<int:comment_id>/naming", methods=["GET", "POST"])
def naming(comment_id: int) -> Any:
    """The author answers whether to be named."""
    actor = current_actor()
    found = queries.get(actor, comment_id)
    insist(policies.answer_naming(actor, found.comment))
    if request.method == "POST":
        agrees = request.form.get("decision") == "agree"
        services.answer_naming(actor, comment_id, agrees=agrees)
        return _to(comment_id, _("You are named as contributor.") if agrees else _("You are not named."))
    return page("naming", found.about, comment=found.comment)
