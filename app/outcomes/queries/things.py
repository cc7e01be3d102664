"""Outcomes as things to which others attach comments, files (the evidence), translations and reports (`core.things`)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from app.core import index, things
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import _l
from app.outcomes import policies
from app.outcomes.models import SUMMARY_LENGTH, TITLE_LENGTH, Outcome
from app.outcomes.queries.detail import get
from app.outcomes.queries.people import credited_ids, keeper_ids, leads_of, representatives
from app.translating import queries as translations
from app.translating.services import keep_localised

LONG = 20_000


def about(outcome: Outcome) -> things.About:
    """What it is, for pages of others."""
    return things.About(
        "outcome",
        outcome.id,
        outcome.number,
        outcome.title,
        outcome.language,
        f"/outcomes/{outcome.id}",
        outcome.consortium_id,
    )


def seen(actor: Actor) -> Select[Any]:
    """The ids of those that the reader sees."""
    return select(Outcome.id).where(policies.visible(actor))


def audiences(actor: Actor, outcome: Outcome) -> frozenset[str]:
    """Its people, the leads and who confirms it talk among themselves; leads who are not involved do so alone."""
    found = {things.EVERYBODY}
    if policies.view_inside(actor, outcome):
        found.add(things.REVIEWERS)
    if policies.settle(actor, outcome):
        found.add(things.DECIDERS)
    return frozenset(found)


def told(outcome: Outcome, audience: str) -> set[int]:
    """Who is told of a new comment."""
    if audience == things.DECIDERS:
        return leads_of(outcome.consortium_id)
    inside = keeper_ids(outcome) | credited_ids(outcome.id)
    if audience == things.REVIEWERS and outcome.sent_at is not None:
        return inside | representatives([outcome.confirmer_id])
    return inside


def texts(outcome: Outcome) -> dict[str, things.Field]:
    """What can be translated; nothing of what was retracted."""
    if outcome.state == "retracted":
        return {}
    found = {
        "title": things.Field(_l("Title"), outcome.title, TITLE_LENGTH),
        "summary": things.Field(_l("Summary"), outcome.summary, SUMMARY_LENGTH),
        "description": things.Field(_l("Description"), outcome.description, LONG, is_markdown=True),
        "benefits_who": things.Field(_l("Who benefits"), outcome.benefits_who, LONG, is_markdown=True),
    }
    return {name: one for name, one in found.items() if one.text}


def words(outcome: Outcome) -> list[str]:
    """All by which the search finds it: its own texts, its identifiers, and those of its translations."""
    return [
        outcome.number,
        outcome.title,
        outcome.summary,
        outcome.description,
        outcome.benefits_who,
        " ".join(row["value"] for row in outcome.identifiers),
        *translations.words("outcome", outcome.id),
    ]


def localise(outcome_id: int, language: str, translated: Mapping[str, str] | None) -> None:
    """Let lists show a translation and the search find it, or no more."""
    keep_localised(Outcome, outcome_id, language, translated)
    outcome = db.session.get_one(Outcome, outcome_id)
    if outcome.state == "published":
        index.put("outcome", outcome.id, *words(outcome))


things.kind(
    things.Kind(
        name="outcome",
        label=_l("Outcome"),
        get=get,
        about=about,
        seen=seen,
        audiences=audiences,
        told=told,
        discuss=policies.discuss,
        attach=policies.attach,
        texts=texts,
        localise=localise,
        audience_names={
            things.EVERYBODY: _l("Everybody who sees the outcome"),
            things.REVIEWERS: _l("Its people, the leads and who confirms it"),
            things.DECIDERS: _l("Leads who are not involved"),
        },
        keepers=keeper_ids,
        owner=lambda outcome: outcome.claimer_id,
    )
)
