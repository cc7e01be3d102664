"""What everybody sees: the list, its CSV, one institution."""

from typing import Any

from flask import Response, render_template

from app.consortia import queries as consortia_queries
from app.core import i18n, vocab
from app.core.i18n import _
from app.exchange import queries as exchange_queries
from app.institutions import queries
from app.institutions.forms import TYPE_LABELS, type_choices
from app.institutions.models import INSTITUTION_STATES
from app.institutions.queries import Chosen
from app.institutions.queries.registry import MOST_FOUND
from app.institutions.views.blueprint import bp
from app.interest import queries as interest_queries
from app.listings import queries as listings_queries
from app.outcomes import queries as outcomes_queries
from app.problems import queries as problems_queries
from app.projects import queries as projects_queries
from app.teams import queries as teams_queries
from app.web import lists
from app.web.csv import csv_response
from app.web.guards import current_actor, public

SORTS = ("name", "newest")
FILTERED_STATES = ("verified", "pending", "listed", "suspended", "closed", "merged")


def _facets(spread: tuple[set[str], set[str]]) -> list[lists.Facet]:
    """What the list can be narrowed by; countries, regions and states only where there are any."""
    locale = i18n.get_locale()
    present, states = spread
    regions = {vocab.country_region(country) for country in present}
    return [
        lists.Facet(
            "region",
            _("Region"),
            [(term.code, term.label) for term in vocab.regions(locale) if term.code in regions],
        ),
        lists.Facet(
            "country",
            _("Country"),
            [(term.code, term.label) for term in vocab.countries(locale) if term.code in present],
            "select",
        ),
        lists.Facet("type", _("Kind"), type_choices()),
        lists.Facet(
            "state",
            _("State"),
            [(name, str(INSTITUTION_STATES[name].label)) for name in FILTERED_STATES if name in states],
        ),
    ]


def _chosen(asked: lists.Asked) -> Chosen:
    countries = set(asked.chosen["country"])
    for region in asked.chosen["region"]:
        within = set(vocab.countries_in(region))
        countries |= within if not asked.chosen["country"] else set()
    found = queries.find(asked.q, MOST_FOUND) if asked.q else []
    return Chosen(
        words=asked.q,
        countries=tuple(sorted(countries)),
        types=tuple(asked.chosen["type"]),
        states=tuple(asked.chosen["state"]),
        found=tuple(one.id for one in found),
    )


@bp.get("")
@public
def index() -> str:
    """Institutions that take part; the whole registry by search."""
    facets = _facets(queries.spread())
    asked = lists.read(facets, SORTS)
    chosen, actor = _chosen(asked), current_actor()
    page = queries.page_chosen(actor, chosen, queries.sort_of(asked.sort), asked.cursor)
    total = (len(page.rows), False) if chosen.words else queries.count_chosen(actor, chosen)
    listing = lists.build(
        asked,
        facets,
        [("name", _("Name")), ("newest", _("Newest here"))],
        page,
        total,
        title=_("Institutions"),
        lead=_(
            "Those that take part in Taawun. Search to find any other by one of its names, in any script."
        ),
        csv_path="/institutions/institutions.csv",
    )
    if chosen.words:
        listing.sorts = []  # what was found stands by likeness
    return render_template(
        "institutions/index.html", listing=listing, states=INSTITUTION_STATES, types=TYPE_LABELS
    )


@bp.get("/institutions.csv")
@public
def export() -> Response:
    """The list as filtered, as CSV."""
    asked = lists.read(_facets(queries.spread()), SORTS)
    header = [_("Name"), _("Country"), _("City"), _("Kind"), _("State"), "ROR", _("Website")]
    return csv_response("institutions", header, queries.export_chosen(current_actor(), _chosen(asked)))


@bp.get("/<int:institution_id>")
@public
def show(institution_id: int) -> str:
    """One institution: who it is, who belongs to it, what it takes part in, what can be done here."""
    actor = current_actor()
    shown = queries.show(
        actor,
        institution_id,
        (
            consortia_queries.titles_of_institution,
            problems_queries.titles_of_institution,
            teams_queries.titles_of_institution,
        ),
    )
    consortia, problems, teams = shown.beside
    people = queries.people_of(actor, institution_id)
    own = next((member for member in people if member.person_id == actor.id), None)
    active = [member for member in people if member.state == "active"]
    institution = shown.institution
    listings = listings_queries.of_institution(actor, institution_id, 12)
    return render_template(
        "institutions/show.html",
        institution=institution,
        shown=shown,
        state=INSTITUTION_STATES[institution.state],
        description=_description(institution.description),
        representatives=[member for member in active if member.role == "representative"],
        members=[member for member in active if member.role != "representative"],
        own=own,
        types=[TYPE_LABELS[kind] for kind in institution.types if kind in TYPE_LABELS],
        weekend=_weekend(institution.weekend),
        languages=[vocab.language_name(code, i18n.get_locale()) for code in institution.working_languages],
        zone=vocab.timezone_label(institution.zone, i18n.get_locale()),
        consortia=consortia,
        problems=problems,
        listings=listings,
        teams=teams,
        courses=exchange_queries.of_institution(actor, institution_id),
        projects=projects_queries.of_institution(actor, institution_id),
        outcomes=outcomes_queries.beside_institution(actor, institution_id),
        # Who has posted nothing has nothing to answer.
        replies=interest_queries.replies_of(institution_id) if problems or listings else None,
    )


def _description(texts: dict[str, Any]) -> tuple[str, str] | None:
    """(text, language) in the reader's language, else in English, else in any."""
    for code in (i18n.get_locale(), "en", *texts):
        if texts.get(code):
            return texts[code], code
    return None


def _weekend(days: list[int]) -> str:
    from babel.dates import get_day_names

    names = get_day_names("wide", locale=i18n.babel_locale(i18n.get_locale()))
    return i18n.fmt_list([names[day - 1] for day in days])
