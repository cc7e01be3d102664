"""A problem from its first word to its publication, as people without scripts go through it."""

from app.core.db import db
from app.problems.models import Problem
from tests.factories import affiliate, make_consortium, make_institution, make_person
from tests.support.pages import Page


def test_from_draft_to_published(app, login_as):
    institution = make_institution("Delta Institute")
    lead = make_person("Layla Lead")
    consortium = make_consortium("Drylands", leads=[lead], members=[institution])
    author = login_as(affiliate("Nadia", institution))

    page = Page.get(author, "/problems/new")
    page = page.submit({"title": "Salt in the wells", "consortium": consortium.id, "language": "en"})
    assert page.status == 200, page.text
    assert "Incomplete" in page.text
    assert "Cannot start yet" in page.text
    problem = db.session.query(Problem).one()

    page = page.follow("The need, in short").submit(
        {"summary": "Wells turn salty.", "statement": "They **turn** salty\n\nand nobody knows."},
        button="Save and go on",
    )
    assert page.h1 == "Who is affected"
    page = page.submit({"country_more": "EG"}, button="affected_where")
    assert page.h1 == "Who is affected"
    page = page.submit(
        {
            "affected_who": "Farmers",
            "country_more": "TN",
            "affected_number": "٢٥٠٬٠٠٠",
            "affected_unit": "people",
            "since_year": "2011",
        },
        button="Save and go on",
    )
    assert page.h1 == "How success is measured", page.text
    page = page.submit(
        {"measures-0-what": "Drift", "measures-0-target": "10 %", "measures-0-by": "2027-10-01"},
        button="measures",
    )
    page = page.submit({"measures-1-what": "Cost", "tried": "Copper fouled."}, button="Save and go on")
    assert page.h1 == "What you bring and need", page.text
    page = page.submit(
        {
            "brings-0-kind": "data_set",
            "brings-0-text": "Records",
            "needs-0-kind": "method",
            "needs-0-text": "Calibration",
        },
        button="Save and go on",
    )
    assert page.h1 == "Where it belongs", page.text
    page = page.submit({"sdg_goals": ["6"], "field_more": "s2312"}, button="targets")
    page = page.submit(
        {"sdg_targets": ["6.1"], "keywords": "salt، wells", "closes_on": "2027-06-30"},
        button="Save and go on",
    )
    assert page.h1 == "Check and send", page.text
    for answer in ("Farmers", "Tunisia", "250,000 people", "Drift · 10 %"):
        assert answer in page.text
    page = page.submit(button="send")
    assert page.h1 == "Your problem statement has been sent"
    assert problem.number in page.text

    reviewer = login_as(lead)
    page = Page.get(reviewer, f"/problems/{problem.id}/review")
    assert "Your decision" in page.text, page.text
    page = page.submit({"return-wishes-0-text": "Say how many wells"}, button="return")
    assert "Returned with wishes" in page.text, page.text
    page = Page.get(author, f"/problems/{problem.id}/edit/need").submit(
        {"summary": "Sixty wells turn salty."}, button="Save and go on"
    )
    page = Page.get(author, f"/problems/{problem.id}/check")
    assert "1 wish of the reviewers is still open" in page.text
    page.submit(button="send")
    page = Page.get(reviewer, f"/problems/{problem.id}/review")
    assert "<ins>Sixty wells</ins>" in page.html
    page = page.submit(button="publish")
    assert page.status == 200
    assert "Published. The author has been told." in page.text
    assert (
        "Salt in the wells"
        in Page.get(app.test_client(), "/problems?sdg=6&field=f23&country=TN&q=sixty").text
    )
    page = Page.get(app.test_client(), f"/problems/{problem.id}")
    assert "open to teams until 30 June 2027" in page.text
