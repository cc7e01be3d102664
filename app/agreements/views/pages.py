"""The list, its export, and the pages of one agreement."""

from collections.abc import Iterator
from typing import Any

from flask import Response, render_template, request, url_for

from app.agreements import policies, queries
from app.agreements.models import (
    AGREEMENT_STATES,
    DECLINE_CODES,
    KINDS,
    OPEN_STATES,
    PARTS,
    PUBLIC_STATES,
    Agreement,
)
from app.agreements.views.after import after
from app.agreements.views.blueprint import bp, head
from app.agreements.views.words import both_sides, steps, text_lines
from app.core.errors import NotFound
from app.core.i18n import _, fmt_list
from app.core.text import is_key
from app.web import lists
from app.web.csv import csv_response
from app.web.guards import current_actor, public, require

HEADER = ("number", "version", "kind", "title", "language", "state", "parties", "starts_on", "ends_on", "in_force_on", "waits_for", "address")  # fmt: skip


def _facets() -> list[lists.Facet]:
    actor = current_actor()
    facets = [
        lists.Facet(
            "state", _("State"), [(state.name, str(state.label)) for state in AGREEMENT_STATES.states]
        ),
        lists.Facet("kind", _("Kind"), [(code, str(label)) for code, label in KINDS.items()]),
    ]
    project = [(key, _("One project")) for key in request.args.getlist("project")[:1] if is_key(key)]
    if project:
        facets.append(lists.Facet("project", _("Project"), project, shape="select"))
    if actor.holds_any(*policies.INSIDE):
        facets.insert(0, lists.Facet("whose", _("Whose"), [("mine", _("Those that I take part in"))]))
    return facets


@bp.route("")
@public
def index() -> str:
    """The list: those that the reader takes part in, and those in force."""
    actor = current_actor()
    facets = _facets()
    asked = lists.read(facets, list(queries.SORTS))
    page, total = queries.find(actor, queries.Wanted(asked.chosen), asked.cursor)
    listing = lists.build(
        asked,
        facets,
        [("newest", _("Newest"))],
        page,
        total,
        title=_("Agreements"),
        lead=_("Who gives what to whom, by when, in a text that all parties signed."),
        csv_path=url_for("agreements.export"),
        has_search=False,
    )
    return render_template(
        "agreements/index.html",
        listing=listing,
        states=AGREEMENT_STATES,
        kinds=KINDS,
        may_create=bool(policies.create(actor)),
    )


@bp.route("/export.csv")
@public
def export() -> Response:
    """What is filtered, as CSV."""
    asked = lists.read(_facets(), list(queries.SORTS))
    rows = queries.export(current_actor(), queries.Wanted(asked.chosen))
    return csv_response("agreements", HEADER, _exported(rows, request.url_root.rstrip("/")))


def _exported(rows: list[Any], base: str) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            row.code or f"D-{row.id:04d}",
            row.number,
            row.kind,
            row.title,
            row.language,
            row.state,
            (row.parties or "").replace("\n", "; "),
            row.starts_on,
            row.ends_on,
            row.in_force_at.date().isoformat() if row.in_force_at else "",
            row.ball or "",
            f"{base}/agreements/{row.id}",
        ]


@bp.route("/<int:agreement_id>")
@public
def show(agreement_id: int) -> str:
    """The agreement, as much of it as the reader sees."""
    actor = current_actor()
    agreement = queries.get(actor, agreement_id)
    inside = bool(policies.read(actor, agreement))
    parties = queries.parties_of(agreement.id)
    is_public = agreement.state in PUBLIC_STATES
    # Before it is in force an outsider sees none of its lines, afterwards those that the parties made public.
    lines = queries.commitments_of(agreement.id, only_public=not inside) if inside or is_public else []
    related = is_public or any((agreement.project_id, agreement.consortium_id, agreement.amends_id))
    around = queries.around(actor, agreement) if related else None
    signatures = queries.signatures_of(agreement.id) if inside or is_public else []
    comments = queries.comments_of(agreement.id) if inside and agreement.is_open else []
    return render_template(
        "agreements/show.html",
        **head(agreement),
        inside=inside,
        parties=parties,
        own=[row for row in parties if actor.holds("representative", row.institution_id)],
        sides=both_sides(agreement, parties, lines, queries.gate(parties, lines) if inside else {}),
        shows_lines=inside or is_public,
        texts=text_lines(agreement.texts, agreement.prevailing) if inside else [],
        versions=_versions(agreement) if inside and agreement.number else [],
        comments=comments,
        counts=_counts(comments, agreement),
        signatures=signatures,
        around=around,
        after=after(actor, agreement, parties, lines, signatures=signatures, around=around, inside=inside),
        steps=steps(agreement),
        declined=str(DECLINE_CODES.get(agreement.closed_code, "")),
        choices=_choices(agreement) if inside else [],
        may_comment=inside and agreement.is_open and bool(policies.comment(actor, agreement)),
    )


def _versions(agreement: Agreement) -> list[dict[str, Any]]:
    """The versions with what changed in words."""
    return [
        {
            "number": row.number,
            "at": row.at,
            "institution": row.institution,
            "sha256": row.sha256,
            "said": fmt_list([str(PARTS[part]) for part in row.changed]),
        }
        for row in queries.versions_of(agreement.id)
    ]


def _counts(comments: list[Any], agreement: Agreement) -> dict[str, int]:
    """How many open comments stand at each line of the newest version."""
    counts: dict[str, int] = {}
    for row in comments:
        if row.number == agreement.number and row.resolved_at is None:
            counts[row.anchor] = counts.get(row.anchor, 0) + 1
    return counts


def _choices(agreement: Agreement) -> list[dict[str, str]]:
    """What the reader may do here before it is signed: label, address, and why not now."""
    actor = current_actor()
    key = agreement.id
    if agreement.state == "draft":
        may = policies.edit(actor, agreement)
        return (
            [{"label": _("Go on writing"), "url": url_for("agreements.edit", agreement_id=key)}]
            if may
            else []
        )
    if agreement.state not in OPEN_STATES or not policies.negotiate(actor, agreement):
        return []
    found = [{"label": _("Propose changes"), "url": url_for("agreements.revise", agreement_id=key)}]
    if policies.hand_ball(actor, agreement) and policies.blocked(agreement, "hand_ball") is None:
        found.append({"label": _("Hand it on"), "url": url_for("agreements.hand_ball", agreement_id=key)})
    found.append({"label": _("Decline"), "url": url_for("agreements.decline", agreement_id=key)})
    return found


@bp.route("/<int:agreement_id>/history")
@public
def history(agreement_id: int) -> str:
    """What happened to it."""
    actor = current_actor()
    agreement = queries.get(actor, agreement_id)
    return render_template(
        "agreements/history.html", **head(agreement), entries=queries.entries(actor, agreement)
    )


@bp.route("/<int:agreement_id>/versions/<int:number>")
def version(agreement_id: int, number: int) -> str:
    """One version: what changed against the one before, its exact text and hash, what was said about it."""
    actor = current_actor()
    agreement = queries.get(actor, agreement_id)
    require(policies.read, agreement)
    found = queries.version(agreement.id, number)
    content = found.content
    before = queries.version(agreement.id, number - 1).content if number > 1 else None
    if number > agreement.number:
        raise NotFound
    names = {party["id"]: party["name"] for party in content["parties"]}
    return render_template(
        "agreements/version.html",
        **head(agreement),
        version=found,
        party=names.get(found.institution_id, ""),
        content=content,
        changes=queries.difference(before, content) if before else [],
        lines=[queries.line_in_words(line, names) for line in content["commitments"]],
        texts=text_lines(content["texts"], content["prevailing"]),
        comments=[row for row in queries.comments_of(agreement.id) if row.number == number],
        signatures=[row for row in queries.signatures_of(agreement.id) if row.number == number],
        names=names,
    )
