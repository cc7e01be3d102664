"""The yardstick: a bare Flask page over the same database, which does what every list page must and nothing else.

It reads a signed session, the person's row, 25 joined rows and a capped count, and writes 33 KB of HTML with Jinja. The goals
(docs/benchmarks.md) were set on a machine where it costs 3.6 ms on SQLite and 5.8 on PostgreSQL; what it costs here says how
this machine, at this hour, compares with that one.
"""

from flask import Flask, render_template_string, session
from sqlalchemy import func, select

from app.accounts.models import Person
from app.core.db import db
from app.institutions.models import Institution, InstitutionName
from tests.bench.measure import Prepare

REFERENCE_MS = (3.6, 5.8)  # SQLite, PostgreSQL
ROWS, MOST = 25, 1001
PAGE = (
    """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ person.name }}</title></head><body>
<p>{{ count }} found</p><ol>{% for row in rows %}<li id="r{{ row.id }}" lang="{{ row.language }}">
<h2><a href="/institutions/{{ row.id }}">{{ row.name }}</a></h2><p>{{ row.own_name }}</p>
<p>{{ row.country }}, {{ row.city }}, {{ row.state }}, {{ row.kind }}, {{ row.website }}</p>
<p>"""
    + "The same words stand in every row, so that the page has its size. " * 18
    + """</p></li>{% endfor %}</ol></body></html>"""
)


def bare(portal: Flask) -> Prepare:
    """What sends a request for the bare page, signed in as somebody of the filled portal."""
    app = Flask("bare")
    app.secret_key = "only-for-measuring"
    with portal.app_context():
        anybody = db.session.scalars(select(Person.id).order_by(Person.id.desc()).limit(1)).one()
        maker = db.session
    newest = (
        select(
            Institution.id,
            Institution.own_name,
            Institution.country,
            Institution.city,
            Institution.state,
            Institution.website,
            InstitutionName.name,
            InstitutionName.language,
            InstitutionName.kind,
        )
        .outerjoin(InstitutionName, Institution.id == InstitutionName.institution_id)
        .where(Institution.country != "")
        .order_by(Institution.id.desc())
        .limit(ROWS)
    )
    capped = select(func.count()).select_from(
        select(Institution.id).where(Institution.country != "").limit(MOST).subquery()
    )

    @app.get("/sign-in")
    def sign_in() -> str:
        session["person"] = anybody
        return ""

    @app.get("/")
    def page() -> str:
        with portal.app_context():
            person = maker.get(Person, session["person"])
            rows, count = maker.execute(newest).all(), maker.execute(capped).scalar_one()
        return render_template_string(PAGE, person=person, rows=rows, count=count)

    client = app.test_client()
    client.get("/sign-in")
    return lambda: lambda: client.get("/")
