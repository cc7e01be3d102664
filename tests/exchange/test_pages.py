"""The pages as a reader without scripts uses them: each happy path, each refusal, what others see, what it costs."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.db import db
from app.exchange import services
from app.exchange.models import ExchangeCourse
from app.institutions.models import Institution
from app.interest.models import Interest
from tests.factories import affiliate, make_institution
from tests.factories.accounts import actor
from tests.factories.exchange import (
    TEXTS,
    acknowledge_leg,
    again,
    agreed_interest,
    leg_of,
    make_course,
    make_technology,
    report_leg,
    representative,
)
from tests.support.pages import Page


@pytest.fixture
def reader(login_as):
    """A page of somebody."""
    return lambda person, path: Page.get(login_as(person), path)


def sides(course):
    return representative(course.provider_id), representative(course.taker_id)


def path(course, more=""):
    return f"/exchange/courses/{course.id}{more}"


def test_a_rhythm_is_proposed_from_an_interest_and_agreed_to(app, reader):
    interest = agreed_interest(make_technology())
    taker = representative(interest.institution_id)
    form = reader(taker, f"/interest/{interest.id}").follow("Propose a rhythm of reports")
    wrong = form.submit({"first_on": "", "until_on": "2001-01-01"})
    assert wrong.status == 422
    assert "Enter the day of the first report" in wrong.text
    first = clock.today() + timedelta(days=30)
    kept = wrong.submit(
        {"first_on": first, "until_on": first + timedelta(days=300), "wishes": "Use in heat."}
    )
    assert kept.status == 200
    assert "A rhythm is proposed" in kept.text
    course = db.session.query(ExchangeCourse).one()
    provider = representative(course.provider_id)
    answer = reader(provider, "/").follow("Read and answer")
    assert "Use in heat." in answer.text
    assert answer.submit({}, button="decline").status == 422
    begun = answer.submit({}, button="agree")
    assert "It begins." in begun.text
    assert "Report 1" in begun.text
    assert again(course).state == "running"
    assert reader(provider, path(course, "/answer")).status == 409


def test_a_report_is_written_asked_about_and_acknowledged(app, reader):
    course = make_course()
    provider, taker = sides(course)
    leg = reader(taker, path(course, "/legs/1"))
    empty = leg.submit({}, button="report")
    assert empty.status == 422
    assert "Write at least one of the four" in empty.text
    sent = empty.submit({"learnt": "Salt eats the seal.", "conditions": "At sea"}, button="report")
    assert "Your report is sent." in sent.text
    shown = reader(provider, "/").follow("Read and acknowledge")
    assert "Salt eats the seal." in shown.text
    assert shown.submit({}, button="ask_back").status == 422
    assert "who reported was told" in shown.submit({"answer": "After how long?"}, button="ask_back").text
    again_ = reader(taker, path(course, "/legs/1"))
    assert "After how long?" in again_.text
    assert "Salt eats the seal." in again_.html
    again_.submit({"performed": "Forty days.", "shares": "y"}, button="report")
    done = reader(provider, path(course, "/legs/1")).submit(
        {"answer": "We send another seal.", "shares": "y"}, button="acknowledge"
    )
    assert "Both sides share it" in done.text
    assert leg_of(course).state == "acknowledged"


def test_everybody_reads_a_shared_insight_on_the_page_of_the_technology(app, reader, page):
    course = make_course()
    provider, taker = sides(course)
    report_leg(course, shares=True)
    acknowledge_leg(course, shares=True)
    shown = page(f"/exchange/{course.listing_id}")
    assert "Used in the field" in shown.text
    assert TEXTS["learnt"] in shown.text
    assert taker.display_name not in shown.text
    reader(taker, path(course, "/legs/1")).submit({}, button="share")
    assert TEXTS["learnt"] not in page(f"/exchange/{course.listing_id}").text
    assert f"X-{course.id:04d}" in reader(provider, f"/exchange/{course.listing_id}").text
    assert f"/exchange/courses/{course.id}" in reader(taker, f"/institutions/{course.taker_id}").html


def test_a_report_is_taken_back(app, reader):
    course = make_course()
    _provider, taker = sides(course)
    report_leg(course)
    back = reader(taker, path(course, "/legs/1")).submit({}, button="take-back")
    assert "The report is taken back." in back.text
    assert TEXTS["learnt"] in back.html


def test_the_taker_names_a_reporter_and_either_side_stops(app, reader):
    course = make_course()
    provider, taker = sides(course)
    keeper = affiliate("Keeper", db.session.get_one(Institution, course.taker_id))
    named = reader(taker, path(course)).follow("Say who may report").submit({"person_id": keeper.id})
    assert "Keeper" in named.text
    assert (
        reader(keeper, path(course, "/legs/1")).submit({"learnt": "It works."}, button="report").status == 200
    )
    stop = reader(provider, path(course)).follow("Stop it")
    assert stop.submit({"note": ""}).status == 422
    assert "No longer made." in stop.submit({"note": "No longer made."}).text
    assert reader(provider, path(course, "/stop")).status == 409


def test_the_proposer_takes_it_back(app, reader):
    course = make_course(state="proposed")
    _provider, taker = sides(course)
    back = reader(taker, path(course)).submit({}, button="withdraw")
    assert "The proposal is taken back." in back.text


@pytest.mark.parametrize("more", ["", "/legs/1", "/answer", "/reporter", "/stop"])
def test_what_others_see(app, reader, client, more):
    course = make_course()
    stranger = affiliate(None, make_institution(), role="representative")
    assert reader(stranger, path(course, more)).status == 404
    assert client.get(path(course, more)).status_code == 303


@pytest.mark.parametrize("do", ["report", "acknowledge", "take-back", "share"])
def test_what_is_seen_and_not_allowed_is_refused(app, login_as, reader, do):
    course = make_course()
    report_leg(course)
    member = affiliate(None, db.session.get_one(Institution, course.taker_id))
    shown = reader(member, path(course, "/legs/1"))
    assert shown.status == 200
    token = dict(shown.values(shown.forms()[-1])).get("csrf_token", "")
    sent = shown.client.post(
        path(course, f"/legs/1/{do}"), data={"csrf_token": token, "learnt": "x", "language": "en"}
    )
    assert sent.status_code == 403
    assert leg_of(course).state == "reported"


def test_a_leg_that_is_not_there_and_an_interest_of_others(app, reader):
    course = make_course()
    _provider, taker = sides(course)
    assert reader(taker, path(course, "/legs/7")).status == 404
    other = agreed_interest(make_technology())
    assert reader(taker, f"/exchange/courses/new?interest={other.id}").status == 404
    assert reader(taker, "/exchange/courses/new").status == 404
    assert (
        reader(taker, f"/exchange/courses/new?interest={db.session.query(Interest).count() + 9}").status
        == 404
    )


def test_the_list_holds_ones_own_and_narrows(app, reader):
    course = make_course()
    make_course()
    provider, taker = sides(course)
    assert path(course) in reader(taker, "/exchange/courses").html
    assert "1 found" in reader(taker, "/exchange/courses?side=taker&state=running").text
    assert "Nothing fits" in reader(taker, "/exchange/courses?side=provider").text
    assert "1 found" in reader(provider, "/exchange/courses?side=provider").text
    nobody = affiliate(None, make_institution())
    assert "take part in no technology exchange yet" in reader(nobody, "/exchange/courses").text


@pytest.mark.parametrize("many", [1, 4])
def test_a_page_costs_the_same_however_much_it_holds(app, login_as, statements, many):
    taker = make_institution()
    for _number in range(many):
        course = make_course(taker=taker, first_on=clock.today() - timedelta(days=40 * many), every_months=1)
    report_leg(course)
    client = login_as(representative(taker.id))
    for address, most in (("/exchange/courses", 5), (path(course), 9), (path(course, "/legs/1"), 9)):
        client.get(address)
        del statements[:]
        assert client.get(address).status_code == 200
        assert len(statements) <= most, "\n".join(statements)


def test_pages_read_in_arabic(app, reader):
    course = make_course()
    _provider, taker = sides(course)
    services.stop(actor(taker), course, note="بيعت المضخة.")
    shown = reader(taker, f"{path(course)}?lang=ar")
    assert 'dir="rtl"' in shown.html
    assert "بيعت المضخة." in shown.text
