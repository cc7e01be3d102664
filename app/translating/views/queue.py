"""The queue in three parts: what waits for a check, what is wanted, what is one's own; each as a list and as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, render_template, request, url_for

from app.core import things, vocab
from app.core.access import demand
from app.core.i18n import _, get_locale
from app.translating import policies, queries
from app.translating.models import TRANSLATION_STATES
from app.translating.policies import Standing
from app.translating.queries import Pair
from app.translating.views.blueprint import Page, bp
from app.web import lists
from app.web.csv import csv_response
from app.web.guards import current_actor


@dataclass(frozen=True)
class _Asked:
    """What the address asks of a part of the queue."""

    standing: Standing
    facets: list[lists.Facet]
    asked: lists.Asked
    queue: queries.Queue


def _name(pair: Pair) -> str:
    locale = get_locale()
    return _(
        "%(original)s into %(language)s",
        original=vocab.language_name(pair[0], locale),
        language=vocab.language_name(pair[1], locale),
    )


def _code(pair: Pair) -> str:
    return f"{pair[0]}-{pair[1]}"


def _pairs(values: list[str]) -> list[Pair]:
    return [(original, language) for original, _dash, language in (value.partition("-") for value in values)]


def _pair_facet(pairs: list[Pair], shape: str = "checks") -> lists.Facet:
    options = sorted(((_code(pair), _name(pair)) for pair in pairs), key=lambda option: option[1])
    return lists.Facet("pair", _("Languages"), options, shape=shape)


def _kind_facet() -> lists.Facet:
    kinds = [kind for kind in things.KINDS.values() if kind.texts is not None]
    return lists.Facet("kind", _("What it is"), [(kind.name, str(kind.label)) for kind in kinds])


def _to_check() -> _Asked:
    actor = current_actor()
    standing = Standing(queries.spoken(actor))
    pairs = queries.pairs_to_check(standing)
    facets = [_pair_facet(pairs), _kind_facet()]
    asked = lists.read(facets, ["oldest"])
    chosen = _pairs(asked.chosen["pair"]) or pairs
    return _Asked(standing, facets, asked, queries.to_check(actor, standing, chosen, asked.chosen["kind"]))


def _wanted() -> _Asked:
    actor = current_actor()
    standing = Standing(queries.spoken(actor))
    pairs = queries.pairs_to_translate(standing)
    facets = [_pair_facet(pairs, "radios"), _kind_facet()]
    asked = lists.read(facets, list(queries.SORTS))
    chosen = asked.chosen["pair"][:1] or [_code(pair) for pair in _nearest(pairs)][:1]
    asked.chosen["pair"] = chosen
    pair = next(iter(_pairs(chosen)), None)
    return _Asked(standing, facets, asked, queries.wanted(actor, pair, asked.chosen["kind"], asked.sort))


def _nearest(pairs: list[Pair]) -> list[Pair]:
    """The pairs, those into the language of the pages first."""
    return sorted(pairs, key=lambda pair: (pair[1] != get_locale(), pair))


def _mine() -> _Asked:
    actor = current_actor()
    standing = Standing(queries.spoken(actor))
    states = [(state.name, str(state.label)) for state in TRANSLATION_STATES.states]
    facets = [
        lists.Facet("state", _("State"), states),
        _pair_facet(queries.pairs_to_translate(standing)),
        _kind_facet(),
    ]
    asked = lists.read(facets, ["newest"])
    queue = queries.mine(actor, asked.chosen["state"], _pairs(asked.chosen["pair"]), asked.chosen["kind"])
    return _Asked(standing, facets, asked, queue)


def _page(part: str, asked: _Asked, sorts: list[tuple[str, str]]) -> str:
    listing = lists.build(
        asked.asked,
        asked.facets,
        sorts,
        asked.queue.page(asked.asked.cursor),
        asked.queue.total(),
        title=_("Translations"),
        lead=_(
            "Texts of this portal in further languages, given by those who read both and checked by somebody else."
        ),
        csv_path=url_for(f"translating.{part}_csv"),
        has_search=False,
    )
    tabs = [
        {"label": label, "url": url_for(f"translating.{name}"), "current": name == part}
        for name, label in (("index", _("To check")), ("wanted", _("Wanted")), ("mine", _("Mine")))
    ]
    if part == "wanted":  # one pair is always chosen, so its mark cannot be dropped
        chosen = dict(asked.facets[0].options).get("".join(asked.asked.chosen["pair"]))
        listing.chips = [chip for chip in listing.chips if chip["label"] != chosen]
        listing.has_filters = bool(listing.chips)
    return render_template(
        "translating/index.html",
        listing=listing,
        tabs=tabs,
        part=part,
        kinds=things.KINDS,
        states=TRANSLATION_STATES,
        can_check=bool(queries.pairs_to_check(asked.standing)),
        can_translate=bool(queries.pairs_to_translate(asked.standing)),
    )


@bp.route("")
def index() -> Page:
    """What waits for a check that the reader may make."""
    demand(policies.work, current_actor())
    return _page("index", _to_check(), [("oldest", _("Oldest first"))])


@bp.route("/wanted")
def wanted() -> Page:
    """What could be translated by the reader."""
    demand(policies.work, current_actor())
    return _page("wanted", _wanted(), [("asked", _("Most asked for")), ("newest", _("Newest"))])


@bp.route("/mine")
def mine() -> Page:
    """What the reader has translated or begun."""
    demand(policies.work, current_actor())
    return _page("mine", _mine(), [("newest", _("Newest"))])


@bp.route("/check.csv")
def index_csv() -> Response:
    """What waits for a check, as CSV."""
    return _csv("translations-to-check", _to_check())


@bp.route("/wanted.csv")
def wanted_csv() -> Response:
    """What is wanted, as CSV."""
    return _csv("translations-wanted", _wanted())


@bp.route("/mine.csv")
def mine_csv() -> Response:
    """One's own, as CSV."""
    return _csv("translations-mine", _mine())


def _csv(name: str, asked: _Asked) -> Response:
    demand(policies.work, current_actor())
    header = [
        _("What it is"),
        _("Number"),
        _("Title"),
        _("Language of the original"),
        _("Language of the translation"),
        _("State"),
        _("Since"),
        _("Asked for by"),
        _("Address"),
    ]
    kinds = {kind.name: str(kind.label) for kind in things.KINDS.values()}
    labels = {state.name: str(state.label) for state in TRANSLATION_STATES.states}
    base = request.url_root.rstrip("/") + url_for("translating.index")
    return csv_response(name, header, _lines(asked.queue.all(), kinds, labels, base))


def _lines(rows: list[Any], kinds: dict[str, str], labels: dict[str, str], base: str) -> Iterator[list[Any]]:
    for row in rows:
        state = getattr(row, "state", "")
        since = getattr(row, "since", None) or row.asked_at or row.begun_at
        yield [
            kinds.get(row.kind, row.kind),
            row.number,
            row.title,
            row.source_language,
            row.language,
            labels.get(state, ""),
            since.date().isoformat(),
            getattr(row, "asks", ""),
            f"{base}/{row.kind}/{row.thing_id}" + (f"/{row.id}" if state else ""),
        ]


@bp.route("/<int:translation_id>")
def go(translation_id: int) -> Page:
    """A translation by its number: on to its page below its thing."""
    kind, thing_id = queries.place_of(translation_id)
    queries.get(current_actor(), kind, thing_id, translation_id)
    return redirect(
        url_for("translating.show", kind=kind, thing_id=thing_id, translation_id=translation_id), 302
    )
