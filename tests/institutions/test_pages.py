"""Pages: the happy path and each refusal, as a reader without scripts; how many statements a page costs."""

import pytest

from app.core.access import VISITOR
from app.institutions import queries
from tests.factories import affiliate, make_admin, make_consortium, make_institution, make_person
from tests.institutions.support import affiliation_of, state_of
from tests.institutions.test_services import asked_by, claim_by
from tests.support.pages import Page


@pytest.fixture
def lab(app):
    return make_institution("Lab of Water", domain="lab.example.org")


@pytest.fixture
def rep(lab):
    return affiliate("Rana Rep", lab, "representative")


# ---- the list --------------------------------------------------------------------------------------------


def test_the_list_shows_those_that_take_part_and_search_finds_the_others(page, lab):
    make_institution("Zebra Listed Institute", state="listed", country="KE")
    shown = page("/institutions")
    assert shown.h1 == "Institutions"
    assert "Lab of Water" in shown.text
    assert "Zebra" not in shown.text
    found = shown.submit({"q": "zebra listd institute"}, button="search")
    assert "Zebra Listed Institute" in found.text
    assert "Lab of Water" not in found.text


def test_the_list_narrows(page, lab):
    make_institution("Nairobi Works", country="KE", types=["company"])
    make_institution("Nairobi Old", country="KE", state="suspended")
    for query, there, gone in [
        ("country=KE", "Nairobi Works", "Lab of Water"),
        ("region=002&type=company", "Nairobi Works", "Lab of Water"),
        ("type=education", "Lab of Water", "Nairobi Works"),
        ("state=suspended", "Nairobi Old", "Nairobi Works"),
    ]:
        text = page(f"/institutions?{query}").text
        assert there in text.split("found", 1)[1], query
        assert gone not in text.split("found", 1)[1], query


def test_the_list_pages_by_key_and_refuses_a_foreign_cursor(page):
    for number in range(27):
        make_institution(f"Institute {number:03d}")
    first = page("/institutions")
    second = first.follow("Next")
    assert "Institute 000" in first.text
    assert "Institute 026" in second.text
    assert "Institute 000" not in second.text
    assert page("/institutions?page=nonsense").status == 400


def test_the_csv_is_what_is_filtered(client, lab):
    make_institution("=cmd()", country="KE")
    text = client.get("/institutions/institutions.csv?country=KE").get_data(as_text=True)
    assert "'=cmd()" in text
    assert "Lab of Water" not in text


@pytest.mark.parametrize(
    "query", ["q=%00", "country=QQ&type=nonsense&state=x", "q=" + "a" * 3000, "q=%D9%85", "sort=x"]
)
def test_odd_addresses_break_nothing(client, lab, query):
    assert client.get(f"/institutions?{query}").status_code in {200, 400}


# ---- one institution -------------------------------------------------------------------------------------


def test_a_visitor_sees_an_institution_and_only_public_people(page, lab, rep):
    affiliate(make_person("Openly Here", visibility="public"), lab)
    affiliate(make_person("Hidden Here", visibility="hidden"), lab)
    shown = page(f"/institutions/{lab.id}")
    assert shown.h1 == "Lab of Water"
    assert "Openly Here" in shown.text
    assert "Rana Rep" not in shown.text
    assert "Hidden Here" not in shown.text
    assert "people.example" not in shown.html
    assert page("/institutions/99999").status == 404


def test_names_stand_in_their_language_and_consortia_are_named(page, app, lab):
    from app.core.db import db, transaction
    from app.core.index import fold
    from app.institutions.models import InstitutionName

    other = make_institution("Another")
    for key, name, language in (
        (lab.id, "مختبر الماء", "ar"),
        (other.id, "Autre", "fr"),
        (lab.id, "Aqua", ""),
    ):
        with transaction(system="test"):
            db.session.add(
                InstitutionName(
                    institution_id=key, name=name, folded=fold(name), language=language, kind="label"
                )
            )
    assert [row.name for row in queries.show(VISITOR, lab.id).names] == [
        "Lab of Water",
        "مختبر الماء",
        "Aqua",
    ]
    make_consortium("Rivers", members=[lab])
    shown = page(f"/institutions/{lab.id}")
    assert '<li lang="ar" dir="auto"><bdi>مختبر الماء</bdi></li>' in shown.html
    assert "Rivers" in shown.text


def test_a_merged_one_leads_to_its_survivor(page, lab):
    merged = make_institution("Old Lab", state="merged", merged_into_id=lab.id)
    assert page(f"/institutions/{merged.id}").follow("Lab of Water").h1 == "Lab of Water"


def test_what_can_be_done_depends_on_who_asks(page, login_as, lab, rep):
    def links(path, person):
        return page(path, login_as(person)).links()

    here = f"/institutions/{lab.id}"
    assert "Ask to belong" in links(here, make_person())
    assert "People" in links(here, rep)
    assert "Administer" not in links(here, rep)
    assert "Administer" in links(here, make_admin())
    listed = make_institution(state="listed")
    assert "Represent it" in links(f"/institutions/{listed.id}", make_person())


# ---- joining ---------------------------------------------------------------------------------------------


def test_joining_needs_somebody(client, lab):
    for path in ("/institutions/join", f"/institutions/{lab.id}/join", "/institutions/new"):
        response = client.get(path)
        assert response.status_code == 303
        assert response.headers["Location"].startswith("/sign-in")


def test_joining_by_domain(page, login_as, lab, rep):
    person = make_person(email="amal@physics.lab.example.org")
    shown = page("/institutions/join", login_as(person))
    assert "At the domain of your address" in shown.text
    asked = shown.follow("Ask to belong")
    assert "you are confirmed at once" in asked.text
    done = asked.submit({"position": "Lecturer"}, button="ask")
    assert "You are confirmed" in done.text
    assert affiliation_of(person, lab).state == "active"


def test_joining_by_look_up_and_the_answer_to_it(page, login_as, lab, rep):
    person = make_person("Amal Asks", romanised_name="Amal")
    asked = (
        page("/institutions/join", login_as(person)).submit({"q": "Lab of Watre"}, button="search")
        .follow("Ask to belong").submit({"position": "Lecturer", "message": "We met in May"}, button="ask")
    )  # fmt: skip
    assert "You have asked to belong" in asked.text
    already = page(f"/institutions/{lab.id}/join", login_as(rep))
    assert already.status == 409
    assert already.follow("See how it stands now").path == f"/institutions/{lab.id}"
    people = page(f"/institutions/{lab.id}", login_as(rep)).follow("People")
    answer = people.follow("Answer")
    assert "We met in May" in answer.text
    wrong = answer.submit(button="decline")
    assert (wrong.status, wrong.errors != []) == (422, True)
    assert affiliation_of(person, lab).state == "requested"
    done = answer.submit({"note": "Welcome"}, button="confirm")
    assert "Amal Asks has been told" in done.text
    assert affiliation_of(person, lab).state == "active"
    assert answer.submit(button="confirm").status == 409


def test_asking_where_nobody_is_there_says_why(page, login_as):
    listed = make_institution(state="listed")
    refused = page(f"/institutions/{listed.id}/join", login_as(make_person()))
    assert refused.status == 403
    assert "Nobody represents this institution" in refused.text


def test_taking_back_leaving_and_stepping_back(page, login_as, lab, rep):
    person = make_person()
    asked_by(person, lab)
    assert "taken back" in page(f"/institutions/{lab.id}", login_as(person)).submit(button="withdraw").text
    member = affiliate(None, lab)
    left = page(f"/institutions/{lab.id}", login_as(member)).follow("Leave").submit(button="leave")
    assert "no longer belong" in left.text
    refused = page(f"/institutions/{lab.id}", login_as(rep)).submit(button="step-back")
    assert refused.status == 409
    assert "Appoint another one first" in refused.text


def test_a_part_is_given_and_an_affiliation_ended(page, login_as, lab, rep):
    member = affiliate("Second Person", lab)
    path = f"/institutions/{lab.id}/affiliations/{affiliation_of(member, lab).id}"
    client = login_as(rep)
    page(path, client).submit({"is_representative": "y", "is_signatory": "y"}, button="save-role")
    assert affiliation_of(member, lab).is_signatory
    wrong = page(path, client).submit(button="end")
    assert (wrong.status, wrong.errors != []) == (422, True)
    page(path, client).submit({"end-reason": "left"}, button="end")
    assert affiliation_of(member, lab).state == "ended"


def test_pages_of_representatives_are_theirs(page, login_as, lab, rep):
    affiliation = affiliation_of(rep, lab)
    outsider = login_as(affiliate(None, make_institution(), "representative"))
    assert page(f"/institutions/{lab.id}/people", outsider).status == 403
    assert page(f"/institutions/{lab.id}/settings", outsider).status == 403
    assert page(f"/institutions/{lab.id}/affiliations/{affiliation.id}", outsider).status == 404
    assert (
        page(f"/institutions/{make_institution().id}/affiliations/{affiliation.id}", login_as(rep)).status
        == 404
    )


# ---- adding, claiming, settings, administering -----------------------------------------------------------


def test_adding_shows_similar_ones_and_asks_for_a_tick(page, login_as):
    make_institution("Blue Nile Company", country="EG", state="listed")
    client = login_as(make_person())
    shown = page("/institutions/new?name=Blue%20Nil%20Company", client)
    assert "Is it one of these?" in shown.text
    wrong = shown.submit({"name": "Blue Nile Company", "country": "EG"}, button="add")
    assert (wrong.status, len(wrong.errors)) == (422, 1)
    done = wrong.submit({"is_another": "y"}, button="add")
    assert done.h1 == "Blue Nile Company"
    empty = page("/institutions/new", client).submit(button="add")
    assert (empty.status, len(empty.errors)) == (422, 2)


def test_a_claim_from_both_sides(page, login_as):
    wanted = make_institution("Wanted Works", state="listed")
    person, admin = make_person("Dina Dean"), make_admin()
    form = page(f"/institutions/{wanted.id}", login_as(person)).follow("Represent it")
    wrong = form.submit({"position": "", "evidence_kind": "letter"}, button="claim")
    assert wrong.status == 422
    sent = form.submit(
        {"position": "Dean", "evidence_kind": "letter", "evidence": "Letter 17"}, button="claim"
    )
    assert "You have asked to represent" in sent.text
    assert "Others decide about this" in sent.follow("See your claim").text
    decision = page(f"/institutions/{wanted.id}", login_as(admin)).follow("Administer").follow("Dina Dean")
    assert "Letter 17" in decision.text
    assert decision.submit(button="decline").status == 422
    done = decision.submit(button="accept")
    assert "is verified" in done.text
    assert state_of(wanted) == "verified"


def test_a_claim_is_seen_by_its_asker_and_administrators_only(page, login_as):
    wanted, person = make_institution(state="listed"), make_person()
    path = f"/institutions/{wanted.id}/claims/{claim_by(person, wanted).id}"
    assert page(path, login_as(person)).status == 200
    assert page(path, login_as(make_admin())).status == 200
    assert page(path, login_as(make_person())).status == 404
    assert "taken back" in page(path, login_as(person)).submit(button="withdraw-claim").text


def test_the_settings_page(page, login_as, lab, rep):
    form = page(f"/institutions/{lab.id}/settings", login_as(rep))
    given = {
        "description_ar": "نبحث في الماء",
        "weekend": ["5", "6"],
        "zone": "Africa/Cairo",
        "language_1": "ar",
    }
    done = form.submit(given, button="save")
    assert "نبحث في الماء" in done.text
    assert "Friday and Saturday" in done.text
    wrong = form.submit({"weekend": ["1", "2", "3", "4", "5", "6", "7"]}, button="save")
    assert wrong.status == 422
    assert form.submit(given, button="save").status == 409  # another version by now


def test_administering(page, login_as, lab, rep):
    admin = login_as(make_admin())
    path = f"/institutions/{lab.id}/administer"
    assert page(path, login_as(rep)).status == 403
    assert page(path, login_as(affiliate(make_admin(), lab))).status == 403
    assert page(path, admin).submit(button="suspend").status == 422
    page(path, admin).submit({"state-note": "Looked at"}, button="suspend")
    assert state_of(lab) == "suspended"
    assert "Suspended" in page(f"/institutions/{lab.id}").text
    page(path, admin).submit({"state-note": "Fine"}, button="restore")
    assert page(path, admin).submit({"domains-domains": "edu.eg"}, button="save-domains").status == 422
    page(path, admin).submit({"domains-domains": "lab.example.net"}, button="save-domains")
    assert queries.domains(lab.id) == ["lab.example.net"]
    wanted, person = make_institution(state="listed"), make_person()
    new = page(f"/institutions/{wanted.id}/administer", admin)
    assert new.submit({"verify-email": "x@y.example", "verify-note": "Letter"}, button="verify").status == 422
    new.submit({"verify-email": person.email, "verify-note": "Letter"}, button="verify")
    assert state_of(wanted) == "verified"


def test_every_page_in_arabic_has_its_direction_and_one_h1(login_as, lab, rep):
    client = login_as(rep)
    paths = ["/institutions", "/institutions/join", "/institutions/new"]
    paths += [f"/institutions/{lab.id}{rest}" for rest in ("", "/people", "/settings")]
    for path in paths:
        shown = Page.get(client, f"{path}?lang=ar")
        assert (shown.status, shown.tree.get("dir"), len(list(shown.tree.iter("h1")))) == (200, "rtl", 1), (
            path
        )


# ---- costs -----------------------------------------------------------------------------------------------


@pytest.fixture(params=[1, 25])
def lab_of_many(request, lab, rep):
    for number in range(request.param):
        affiliate(make_person(visibility="public"), lab)
        make_institution(f"Another {number}")
        asked_by(make_person(), lab)
    return lab, rep


def test_what_pages_cost(client, login_as, statements, lab_of_many):
    lab, rep = lab_of_many
    most = {"/institutions": 3, f"/institutions/{lab.id}": 6}
    for path, limit in most.items():
        client.get(path)
        statements.clear()
        client.get(path)
        assert len(statements) <= limit, (path, statements)
    signed_in = login_as(rep)
    for path, limit in {
        f"/institutions/{lab.id}": 9,
        f"/institutions/{lab.id}/people": 5,
        "/institutions": 6,
    }.items():
        signed_in.get(path)
        statements.clear()
        signed_in.get(path)
        assert len(statements) <= limit, (path, statements)
