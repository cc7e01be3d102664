"""Pages of consortia: what each kind of reader sees, forms with their refusals, statements counted."""

import pytest
from sqlalchemy import select

from app.consortia.models import Admission, Consortium
from app.core.db import db
from tests.factories import (
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_open_consortium,
    make_person,
    make_problem,
    make_project,
    make_team,
)


@pytest.fixture
def lead(app):
    return make_person("Lina Lead")


@pytest.fixture
def consortium(lead):
    return make_consortium("Drylands", leads=[lead], members=[make_institution("Institute of Water")])


def test_visitors_find_and_read_a_consortium(page, consortium):
    opened = page("/consortia").follow("Drylands")
    assert opened.status == 200
    assert opened.h1 == "Drylands"
    assert "Institute of Water" in opened.text
    assert "Lina Lead" in opened.text
    assert "Settings" not in opened.links()


def test_a_consortium_that_is_not_there_is_404(page, app):
    assert page("/consortia/77").status == 404


def test_the_list_costs_the_same_for_many(page, app, statements):
    make_consortium()
    page("/consortia")
    statements.clear()
    page("/consortia")
    few = len(statements)
    for _number in range(24):
        make_consortium(leads=[])
    statements.clear()
    assert "25" in page("/consortia").text
    assert len(statements) == few <= 5


def test_the_page_costs_the_same_for_many_members(page, login_as, lead, statements):
    counts = []
    for number in (1, 25):
        consortium = make_consortium(leads=[lead], members=[make_institution() for _number in range(number)])
        for _number in range(number):
            make_problem(consortium=consortium)
        client = login_as(lead)
        page(f"/consortia/{consortium.id}", client)
        statements.clear()
        assert page(f"/consortia/{consortium.id}", client).status == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 9


def test_an_administrator_creates_one_by_finding_its_lead(page, login_as):
    make_person("Amina Found")
    opened = page("/consortia/new?person=Amina", login_as(make_admin()))
    person = next(node.get("value") for node in opened.tree.iter("option") if node.text == "Amina Found")
    refused = opened.submit({"name_en": "", "first_lead": person}, button="save")
    assert refused.status == 422
    assert refused.errors == ["Name in English: Enter a name"]
    done = refused.submit({"name_en": "Rivers", "name_ar": "الأنهار"}, button="save")
    assert done.h1 == "Rivers"
    assert "Amina Found" in done.text
    assert db.session.scalars(select(Consortium)).one().names == {"en": "Rivers", "ar": "الأنهار"}


def test_nobody_else_opens_the_form(page, login_as, lead):
    assert page("/consortia/new", login_as(lead)).status == 403
    assert "/sign-in" in page("/consortia/new").path


def test_an_administrator_names_the_first_lead_where_nobody_leads(page, login_as):
    everybody = make_open_consortium(leads=[])
    make_person("Amina Found")
    client = login_as(make_admin())
    opened = page(f"/consortia/{everybody.id}", client).follow("Name its first lead")
    assert opened.status == 200
    found = page(f"/consortia/{everybody.id}/leads?person=Amina", client)
    person = next(node.get("value") for node in found.tree.iter("option") if node.text == "Amina Found")
    done = found.submit({"person": person}, button="add-lead")
    assert "Amina Found" in done.text
    assert page(f"/consortia/{everybody.id}/leads", client).status == 403


def test_a_lead_changes_settings_and_bad_numbers_come_back_as_typed(page, login_as, lead, consortium):
    opened = page(f"/consortia/{consortium.id}/settings", login_as(lead))
    refused = opened.submit({"min_institutions": "many", "decision_days": "500"}, button="save")
    assert refused.status == 422
    assert len(refused.errors) == 2
    assert "many" in [
        node.get("value") for node in refused.tree.iter("input") if node.get("name") == "min_institutions"
    ]
    done = refused.submit({"min_institutions": "٣", "decision_days": "5"}, button="save")
    assert done.h1 == "Drylands"
    assert "at least 3 institutions" in done.text


def test_the_second_of_two_editors_gets_the_conflict_page(page, login_as, lead, consortium):
    first, second = (page(f"/consortia/{consortium.id}/settings", login_as(lead)) for _ in range(2))
    first.submit({"min_countries": "2"}, button="save")
    late = second.submit({"min_countries": "3"}, button="save")
    assert late.status == 409
    assert "changed this while you were looking" in late.text
    assert db.session.get_one(Consortium, consortium.id).min_countries == 2


def test_terms_leads_and_dashboard_are_for_leads(page, login_as, consortium):
    stranger = login_as(make_person())
    for part in ("settings", "terms", "leads", "dashboard", "invite"):
        assert page(f"/consortia/{consortium.id}/{part}", stranger).status == 403


def test_the_dashboard_lists_what_leads_see_the_newest_first(page, login_as, lead, consortium, statements):
    older = make_problem("Old wells", consortium=consortium)
    make_problem("New wells", consortium=consortium, localised={"ar": {"title": "آبار جديدة"}})
    make_problem("A draft of wells", consortium=consortium, state="draft")
    make_problem("Wells of others")
    project = make_project("Wells for all", consortium=consortium, problem=older)
    team = make_team("Well diggers", problem=older)
    sent = make_project("Wells to judge", consortium=consortium, problem=older, state="submitted")
    browser = login_as(lead)
    page(f"/consortia/{consortium.id}/dashboard", browser)
    statements.clear()
    shown = page(f"/consortia/{consortium.id}/dashboard", browser)
    assert len(statements) == 5
    links = [link for link in shown.links() if "wells" in link.lower() or "diggers" in link]
    assert links.index("New wells") < links.index("Old wells")
    for title, thing, number in (
        ("Old wells", f"/problems/{older.id}", f"P-{older.id:04d}"),
        ("Wells for all", f"/projects/{project.id}", project.number),
        ("Well diggers", f"/teams/{team.id}", f"T-{team.id:04d}"),
    ):
        assert shown.links()[title] == thing
        assert number in shown.text
    assert sent.title in shown.text
    assert "draft of wells" not in shown.text
    assert "Wells of others" not in shown.text
    assert "Institute of Water" in shown.text
    assert "آبار جديدة" in page(f"/consortia/{consortium.id}/dashboard?lang=ar", browser).text


def test_asking_answering_and_leaving(page, login_as, lead, consortium):
    rep = affiliate("Rana Rep", make_institution("Desert Institute"), "representative")
    page(f"/consortia/{consortium.id}/terms", login_as(lead)).submit(
        {"terms_en": "Share fairly."}, button="save"
    )
    asking = page(f"/consortia/{consortium.id}", login_as(rep)).follow("Ask to become a member")
    refused = asking.submit({"message": "We bring wells."}, button="send")
    assert refused.status == 422
    assert "We bring wells." in refused.text
    refused.submit({"accept_terms": "y"}, button="send")
    admission = db.session.scalars(select(Admission).where(Admission.state == "asked")).one()

    waiting = page(f"/consortia/{consortium.id}/dashboard", login_as(lead))
    assert "Desert Institute" in waiting.text
    deciding = waiting.follow("Answer")
    assert "We bring wells." in deciding.text
    silent = deciding.submit({}, button="decline")
    assert silent.status == 422
    done = silent.submit({"note": "Welcome."}, button="accept")
    assert "Welcome." in done.text

    left = page(f"/consortia/{consortium.id}/admissions/{admission.id}", login_as(rep)).submit(
        {}, button="leave"
    )
    assert left.status == 200
    assert db.session.get_one(Admission, admission.id).state == "left"


def test_an_admission_is_hidden_from_others(page, login_as, lead, consortium):
    rep = affiliate("Rana Rep", make_institution("Desert Institute"), "representative")
    page(f"/consortia/{consortium.id}/ask", login_as(rep)).submit({"message": "Secret plan"}, button="send")
    admission = db.session.scalars(select(Admission).where(Admission.state == "asked")).one()
    address = f"/consortia/{consortium.id}/admissions/{admission.id}"
    assert page(address, login_as(rep)).status == page(address, login_as(lead)).status == 200
    assert page(address, login_as(make_person())).status == 404
    assert "/sign-in" in page(address).path
    other = make_consortium(leads=[lead])
    assert page(f"/consortia/{other.id}/admissions/{admission.id}", login_as(lead)).status == 404


def test_inviting_by_name_and_withdrawing(page, login_as, lead, consortium):
    invited = make_institution("University of Rivers")
    found = page(f"/consortia/{consortium.id}/invite?words=university of rivers", login_as(lead))
    done = found.submit({"institution": str(invited.id)}, button="send")
    assert "University of Rivers" in done.text
    admission = db.session.scalars(select(Admission).where(Admission.state == "invited")).one()
    page(f"/consortia/{consortium.id}/admissions/{admission.id}", login_as(lead)).submit(
        {}, button="withdraw"
    )
    assert db.session.get_one(Admission, admission.id).state == "withdrawn"


def test_the_last_lead_cannot_be_ended_by_the_address_either(page, login_as, lead, consortium):
    client = login_as(lead)
    token = next(
        node.get("value")
        for node in page(f"/consortia/{consortium.id}/settings", client).tree.iter("input")
        if node.get("name") == "csrf_token"
    )
    answer = client.post(f"/consortia/{consortium.id}/leads/{lead.id}/end", data={"csrf_token": token})
    assert answer.status_code == 409
    assert "Name another one first" in answer.get_data(as_text=True)


def test_many_members_are_paged_and_exported(page, client, app):
    consortium = make_consortium(
        "Wide", members=[make_institution(f"Institute {at:03d}") for at in range(30)]
    )
    opened = page(f"/consortia/{consortium.id}")
    assert "30 member institutions" in opened.text
    assert "Institute 029" not in opened.text
    first = opened.follow("All member institutions")
    assert "Institute 024" in first.text
    older = next(href for words, href in first.links().items() if "page=" in href)
    assert "Institute 029" in page(older).text
    rows = client.get(f"/consortia/{consortium.id}/members.csv").get_data(as_text=True).strip().splitlines()
    assert len(rows) == 31
    assert rows[1].startswith("Institute 000,EG,Cairo,,")
