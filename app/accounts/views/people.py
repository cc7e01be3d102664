"""People as others see them. Never with their address."""

from typing import Any

from flask import Response, render_template

from app.accounts import queries
from app.accounts.forms import LEVELS
from app.accounts.views.blueprint import bp
from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import _
from app.institutions import queries as institutions
from app.outcomes import queries as outcomes
from app.projects import queries as projects
from app.web import lists
from app.web.files import send
from app.web.guards import current_actor, public


@bp.route("/people", strict_slashes=False)
@public
def people() -> Any:
    """Those whose profile the reader may see, by name; visitors see public profiles only."""
    actor = current_actor()
    sorts = [("name", _("Name")), ("newest", _("Newest first"))]
    asked = lists.read([], [name for name, _label in sorts])
    page, total = queries.people(actor, asked.q, asked.sort, asked.cursor)
    listing = lists.build(
        asked,
        [],
        sorts,
        page,
        total,
        title=_("People"),
        lead="" if actor.is_signed_in else _("Only public profiles are shown here. Sign in to see more."),
    )
    homes = institutions.homes_of(row.id for row in page.rows)
    return render_template("accounts/people.html", listing=listing, homes=homes)


@bp.route("/people/<int:person_id>")
@public
def person(person_id: int) -> Any:
    """A profile: what the person says, and who vouches for what."""
    actor = current_actor()
    found = queries.get(actor, person_id)
    affiliations = institutions.affiliations_of(actor, person_id)
    return render_template(
        "accounts/person.html",
        person=found,
        picture=queries.picture_of(person_id),
        affiliations=affiliations,
        levels=LEVELS,
        today=clock.today(),
        projects=projects.of_person(actor, person_id),
        outcomes=outcomes.beside_person(actor, person_id),
    )


@bp.route("/people/<int:person_id>/picture")
@public
def picture(person_id: int) -> Response:
    """The picture, for those who may see the profile."""
    found = queries.picture_of(queries.get(current_actor(), person_id).id)
    if found is None:
        raise NotFound
    return send(found, inline=True)
