"""Numbers of a year, and two who decide: threads, each with its own connection."""

from app.core import clock
from app.core.db import db
from app.projects import queries, services
from app.projects.models import Project
from tests.factories import add_milestone, make_person
from tests.factories.accounts import actor
from tests.factories.consortia import make_consortium
from tests.projects.support import make_world, project_of
from tests.support.threads import race

N = 8


def _send(lead, project_id):
    return lambda: services.submit(lead, queries.get(lead, project_id))


def test_numbers_are_given_once_and_without_gaps(app):
    world = make_world()
    lead = actor(world["lead"])
    ids = []
    for _ in range(N):
        project = project_of(world, "draft", parts_done=["resources", "rights"])
        add_milestone(project)
        ids.append(project.id)
    lead = actor(world["lead"])  # with what they lead by now
    db.session.remove()
    ended = race(app, [_send(lead, key) for key in ids])
    # Of several first ones of a year, all but one may be asked to send again; nothing of theirs was kept.
    for key in [row.id for row in db.session.query(Project).filter_by(code=None)]:
        _send(lead, key)()
    codes = sorted(row.code for row in db.session.query(Project))
    assert codes == [f"PRJ-{clock.today().year}-{number:04d}" for number in range(1, N + 1)]
    assert set(ended) <= {"won", "already_there", "busy"}


def test_of_two_deciders_one_decides(app):
    world = make_world()
    bosses = [make_person(f"Boss {number}") for number in range(2)]
    consortium = make_consortium(leads=bosses, members=[world["host"]])
    project_id = project_of({**world, "consortium": consortium}, "submitted").id
    first, second = (actor(boss) for boss in bosses)
    db.session.remove()
    ended = race(
        app,
        [
            lambda: services.accept(first, queries.get(first, project_id)),
            lambda: services.return_for_changes(second, queries.get(second, project_id), note="Wait"),
        ],
    )
    assert ended.count("won") == 1
    assert db.session.get_one(Project, project_id).state in {"forming", "needs_changes"}
