"""Signing, gifts, notice, amendments, the paper: what is done with an agreement once its text stands."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.views.blueprint import proved
from app.agreements import queries, services
from app.agreements.forms.signing import AmendForm, GiftForm, NoticeForm, SignForm
from app.agreements.models import (
    SIGNING_MEANING,
    SIGNING_STATES,
    Agreement,
    AgreementParty,
    AgreementSignature,
)
from app.agreements.policies import read
from app.agreements.policies import signing as may
from app.agreements.queries import paper
from app.agreements.views.blueprint import bp, head
from app.agreements.views.words import both_sides, lacking, text_lines
from app.core import clock
from app.core.access import Actor, insist
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import LOCALES, _, _l, get_locale
from app.core.text import key_of
from app.web import documents
from app.web.fields import seen_version
from app.web.guards import current_actor

UNPROCESSABLE = 422


def page(template: str, agreement: Agreement, title: str, **values: Any) -> tuple[str, int]:
    """A page below the agreement's own."""
    form = values.get("form")
    return (
        render_template(f"agreements/{template}", title=title, **head(agreement), **values),
        UNPROCESSABLE if form is not None and form.errors else 200,
    )


def done(agreement: Agreement, sentence: str) -> Response:
    """Say what was done and go to the agreement."""
    flash(sentence, "ok")
    return redirect(url_for("agreements.show", agreement_id=agreement.id), 303)


@dataclass
class Place:
    """An agreement with its parties and signatures, and the party for which the person signs."""

    agreement: Agreement
    parties: list[AgreementParty]
    signed: list[AgreementSignature]
    own: AgreementParty


def _place(actor: Actor, agreement_id: int) -> Place:
    """For whom the person is named to sign: the party asked for, else the first that has not signed. Refuses everybody else."""
    agreement = queries.get(actor, agreement_id)
    parties = queries.parties_of(agreement.id)
    named = [row for row in parties if row.signatory_id == actor.id]
    insist(may.sign(actor, named[0]) if named else may.NOT_NAMED)
    signed = queries.signed(agreement.id, agreement.number)
    done_for = {row.institution_id for row in signed}
    left = [row for row in named if row.institution_id not in done_for]
    asked = key_of(request.values.get("party"))
    own = next((row for row in named if row.institution_id == asked), (left or named)[0])
    return Place(agreement, parties, signed, own)


@bp.route("/<int:agreement_id>/sign", methods=["GET", "POST"])
@proved
def sign(agreement_id: int) -> Any:
    """Read this version and sign it."""
    actor = current_actor()
    place = _place(actor, agreement_id)
    agreement = place.agreement
    if agreement.state not in SIGNING_STATES and request.method == "GET":
        raise RuleBroken(
            "wrong_state", _l("It is signed as soon as all parties are content with one version.")
        )
    form = SignForm()
    if form.validate_on_submit():
        try:
            in_force = services.sign(
                actor,
                agreement,
                institution_id=place.own.institution_id,
                number=key_of(form.number.data) or 0,
                sha256=form.sha256.data or "",
                capacity=form.capacity.data or "",
                accepted=bool(form.accepted.data),
            )
        except Invalid as refusal:
            form.take(refusal)
            place = _place(actor, agreement_id)  # what was read is forgotten
        else:
            return done(
                agreement,
                _(
                    "All parties have signed. The agreement is in force and its commitments stand in the ledger."
                )
                if in_force
                else _("You have signed. The other parties were told."),
            )
    return _signing_page(place, form)


def _signing_page(place: Place, form: SignForm) -> tuple[str, int]:
    agreement, parties = place.agreement, place.parties
    version = queries.version(agreement.id, agreement.number)
    lines = queries.commitments_of(agreement.id)
    broken = queries.gate(parties, lines)
    form.party.data, form.number.data, form.sha256.data = (
        place.own.institution_id,
        version.number,
        version.sha256,
    )
    return page(
        "sign.html",
        agreement,
        _("Read and sign"),
        form=form,
        version=version,
        own=place.own,
        sides=both_sides(agreement, parties, lines, broken),
        broken=broken,
        texts=text_lines(version.content["texts"], version.content["prevailing"]),
        signatures=place.signed,
        parties=parties,
        number=version.number,
        inside=True,
        meaning=SIGNING_MEANING,
    )


@bp.route("/<int:agreement_id>/gift", methods=["GET", "POST"])
def gift(agreement_id: int) -> Any:
    """Say that a party only gives, or only gains, on purpose."""
    actor = current_actor()
    place = _place(actor, agreement_id)
    agreement, party = place.agreement, place.own
    side = queries.one_sided(agreement.id).get(party.institution_id, "")
    if side not in {"gives", "gains"} and request.method == "GET":
        raise RuleBroken("not_one_sided", _l("This party gives and gains: there is no gift to name."))
    form = GiftForm(data={"party": party.institution_id})
    if form.validate_on_submit():
        try:
            services.mark_gift(
                actor,
                agreement,
                institution_id=party.institution_id,
                accepted=bool(form.accepted.data),
                reason=form.reason.data or "",
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return done(agreement, _("The gift is named, with your reason. All parties can read it."))
    party = queries.party(agreement_id, party.institution_id)
    sentence = lacking(f"\u2068{party.institution.name}\u2069", side or "gives")
    return page("gift.html", agreement, _("Name a gift"), form=form, sentence=sentence)


# ---- notice and amendments -------------------------------------------------------------------------------------


def _in_force(agreement: Agreement) -> None:
    if agreement.state != "in_force":
        raise RuleBroken("not_in_force", _l("Only what is in force can be ended or amended."))


@bp.route("/<int:agreement_id>/notice", methods=["GET", "POST"])
def give_notice(agreement_id: int) -> Any:
    """End it for one's party, with the time of notice that was agreed."""
    actor = current_actor()
    agreement = queries.get(actor, agreement_id)
    own = [row for row in queries.parties_of(agreement.id) if actor.holds("signatory", row.institution_id)]
    insist(may.give_notice(actor, own[0]) if own else may.SIGNATORIES_ONLY)
    _in_force(agreement)
    form = NoticeForm(data={"version": agreement.version, "party": own[0].institution_id})
    if form.validate_on_submit():
        asked = key_of(form.party.data)
        party = next((row for row in own if row.institution_id == asked), own[0])
        try:
            services.give_notice(
                actor,
                agreement,
                institution_id=party.institution_id,
                reason=form.reason.data or "",
                version=seen_version(form),
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return done(agreement, _("Notice is given. All parties were told, with your reason."))
    return page(
        "notice.html",
        agreement,
        _("Give notice"),
        form=form,
        party=own[0].institution.name,
        last=services.last_day_of_notice(agreement),
    )


@bp.post("/<int:agreement_id>/notice/take-back")
def take_back_notice(agreement_id: int) -> Any:
    """Let it run on."""
    agreement = queries.get(current_actor(), agreement_id)
    services.take_back_notice(current_actor(), agreement, version=seen_version())
    return done(agreement, _("The notice is taken back. The agreement runs on."))


@bp.route("/<int:agreement_id>/amend", methods=["GET", "POST"])
def amend(agreement_id: int) -> Any:
    """Begin an amendment."""
    actor = current_actor()
    agreement = queries.get(actor, agreement_id)
    insist(may.amend(actor, agreement))
    _in_force(agreement)
    form = AmendForm()
    parties = queries.parties_of(agreement.id)
    own = [row for row in parties if actor.holds("representative", row.institution_id)]
    form.party.choices = [(str(row.institution_id), row.institution.name) for row in own]
    if len(own) == 1 and not form.party.data:
        form.party.data = str(own[0].institution_id)
    if form.validate_on_submit():
        try:
            draft = services.amend(
                actor,
                agreement,
                institution_id=key_of(form.party.data) or 0,
                starts_on=form.starts_on.data or clock.today(),
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return done(draft, _("The draft of an amendment is begun. Say what changes, then send it."))
    return page("amend.html", agreement, _("Amend this agreement"), form=form, several=len(own) > 1)


# ---- on paper --------------------------------------------------------------------------------------------------


def _spoken() -> str:
    asked = request.values.get("language", "")
    return asked if asked in LOCALES else get_locale()


@bp.post("/<int:agreement_id>/pdf")
def order_pdf(agreement_id: int) -> Any:
    """Let the worker make the PDF of the newest version."""
    actor = current_actor()
    agreement = queries.get(actor, agreement_id)
    services.order_paper(actor, agreement, language=_spoken())
    return redirect(url_for("agreements.pdf", agreement_id=agreement_id, language=_spoken()), 303)


@bp.get("/<int:agreement_id>.pdf")
def pdf(agreement_id: int) -> Any:
    """How far it is, and the file."""
    actor = current_actor()
    agreement = queries.get(actor, agreement_id)
    insist(read(actor, agreement))
    return documents.answer(
        paper.KIND,
        agreement_id,
        services.paper_key(agreement),
        _spoken(),
        title=_("%(code)s as PDF", code=f"\u2068{agreement.label}\u2069"),
        back=url_for("agreements.show", agreement_id=agreement_id),
        again=url_for("agreements.pdf", agreement_id=agreement_id, language=_spoken()),
    )
