"""The discussion of a thing, and one comment with its answers."""

from typing import Any

from flask import flash, redirect, request, url_for

from app.core.access import insist
from app.core.errors import Invalid, NotFound
from app.core.i18n import _
from app.discussion import policies, queries, services
from app.discussion.forms import MEGABYTES, MOST_FILES, CommentForm
from app.discussion.queries.thread import names_of
from app.discussion.views.blueprint import bp, comment_form, on_its_page, page
from app.web.guards import current_actor, public, safe_next, takes_upload


@bp.route("/<kind>/<int:thing_id>", methods=["GET", "POST"])
@public
@takes_upload(MEGABYTES * MOST_FILES)
def thing(kind: str, thing_id: int) -> Any:
    """The discussion of a thing; POST adds a comment."""
    actor = current_actor()
    thread = queries.thread(actor, kind, thing_id, request.args.get("page"))
    form = comment_form(thread)
    if request.method == "POST":
        insist(thread.may_write)
    if form.validate_on_submit():
        try:
            said = services.write(
                actor,
                kind=kind,
                thing_id=thing_id,
                text=form.text.data,
                language=form.language.data,
                audience=form.audience.data,
                uploads=form.files.uploads,
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("Your comment is there."), "ok")
            return redirect(f"{safe_next(form.back.data) or request.path}#comment-{said.id}", 303)
    shown = on_its_page(thread.about, form) if form.errors else None
    return shown or page("thing", thread.about, thread=thread, form=form, comment_sent=form)


@bp.route("/comments/<int:comment_id>", methods=["GET", "POST"])
@public
@takes_upload(MEGABYTES * MOST_FILES)
def comment(comment_id: int) -> Any:
    """One comment with its answers; POST answers it."""
    actor = current_actor()
    found = queries.get(actor, comment_id)
    one = queries.said(actor, comment_id, found)
    if one is None:
        raise NotFound
    first = one if one.parent_id is None else queries.said(actor, one.parent_id, found)
    if first is None:
        raise NotFound
    may_write = policies.write(actor, found.kind, found.record)
    names = names_of(found.kind)
    least = policies.narrowness(first.audience)
    audiences = [
        (name, names[name])
        for name in names
        if name in found.audiences and policies.narrowness(name) >= least
    ]
    form = CommentForm().offer(audiences)
    if request.method == "POST":
        insist(may_write)
    if form.validate_on_submit():
        try:
            said = services.write(
                actor,
                kind=one.kind,
                thing_id=one.thing_id,
                text=form.text.data,
                language=form.language.data,
                audience=form.audience.data,
                parent_id=first.id,
                uploads=form.files.uploads,
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("Your answer is there."), "ok")
            return redirect(url_for("discussion.comment", comment_id=said.id) + f"#comment-{said.id}", 303)
    first, answers = queries.answers(actor, found, first, request.args.get("page"))
    return page(
        "comment",
        found.about,
        form,
        first=first,
        one=first if one.id == first.id else one,
        answers=answers,
        names=names,
        may_write=may_write,
        may_name=actor.is_signed_in
        and found.kind.names_contributors
        and bool(found.kind.attach(actor, found.record)),
    )
