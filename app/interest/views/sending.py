"""Writing to the owner of a listing or problem, and taking it back."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.core.access import insist
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _, get_locale
from app.core.text import key_of
from app.interest import policies, queries, services
from app.interest.forms import SendForm
from app.interest.views.blueprint import UNPROCESSABLE, bp, done, find
from app.listings import queries as listings
from app.problems import queries as problems
from app.web.fields import seen_version
from app.web.guards import current_actor


def _thing() -> Any:
    """The listing or problem that the address names, if the reader may see it; None without one. Raises NotFound."""
    actor = current_actor()
    if key := key_of(request.args.get("listing")):
        return listings.get(actor, key)
    if key := key_of(request.args.get("problem")):
        return problems.get(actor, key)
    return None


@bp.route("/new", methods=["GET", "POST"])
def new() -> Any:
    """Write to the owner."""
    actor = current_actor()
    thing = _thing()
    if thing is None:
        flash(
            _("An interest is about an offer, a need or a problem: open one, then write from there."), "info"
        )
        return redirect(url_for("listings.exchange"), 303)
    askers = queries.askers_of(actor, thing)
    insist(policies.send(actor, thing, askers))
    no = policies.blocked(thing)
    if no is not None:
        raise RuleBroken(no.code, no.text)
    own = [pair for pair in queries.homes(actor) if policies.send(actor, thing, askers, pair[0])]
    form = SendForm() if request.method == "POST" else SendForm(language=get_locale())
    form.institution_id.offer(own, None if len(own) == 1 else _("Choose"))
    if form.is_submitted():
        if {"add", "remove"} & set(request.form):
            form.change_lines(request.form.get("add"), request.form.get("remove"))
        elif form.validate():
            try:
                interest = services.send(
                    actor,
                    thing,
                    institution_id=form.institution_id.key,
                    brings=form.lines("brings"),
                    gains=form.lines("gains"),
                    message=form.message.data or "",
                    language=form.language.data,
                )
            except Invalid as refusal:
                form.take(refusal)
                thing = _thing()
            else:
                message = _("Your interest is sent. The owner was told, and answers within ten working days.")
                return done(interest.id, message)
    return (
        render_template(
            "interest/new.html",
            thing=thing,
            is_listing="listing" in request.args,
            institutions=own,
            form=form,
            replies=queries.replies_of(thing.institution_id),
        ),
        UNPROCESSABLE if form.errors else 200,
    )


@bp.post("/<int:interest_id>/withdraw")
def withdraw(interest_id: int) -> Any:
    """Take it back."""
    interest = find(interest_id)
    services.withdraw(current_actor(), interest, version=seen_version())
    return done(interest_id, _("Your interest is taken back."))
