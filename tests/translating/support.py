"""What the tests of translations share."""

import re

from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.db import db
from app.core.things import KINDS
from app.notifications.models import Mail, Notice
from app.translating import queries, services
from app.translating.models import Translation
from tests.factories import affiliate, make_consortium, make_institution, make_person, make_problem
from tests.factories.accounts import actor

BOTH = [{"code": "en", "level": "native"}, {"code": "ar", "level": "native"}]
READS = [{"code": "en", "level": "working"}, {"code": "ar", "level": "working"}]
TEXTS = {
    "title": "مياه مالحة",
    "summary": "تملح الآبار فجأة.",
    "statement": "تصبح الآبار **مالحة** دون إنذار.",
}


class Home:
    """An institution in a consortium, a problem of its author, two who read and speak both languages, a stranger."""

    def __init__(self, **values):
        self.institution = make_institution("Delta Institute")
        self.lead = make_person("Lead")
        self.consortium = make_consortium("Drylands", leads=[self.lead], members=[self.institution])
        self.author = affiliate("Nadia", self.institution)
        self.problem = self.make(**values)
        self.translator = affiliate(make_person("Tariq", languages=BOTH), self.institution)
        self.checker = make_person("Carla", languages=BOTH)
        self.stranger = make_person("Sam")

    def make(self, title="Salty wells", **values):
        return make_problem(
            title,
            author=self.author,
            institution=self.institution,
            consortium=self.consortium,
            **values,
        )

    def begun(self, who=None, problem=None, language="ar"):
        return services.begin(
            actor(who or self.translator), "problem", (problem or self.problem).id, language=language
        )

    def proposed(self, texts=TEXTS, who=None, problem=None, language="ar"):
        translation = self.begun(who, problem, language)
        return services.propose(
            actor(who or self.translator), translation, texts=texts, seen=self.digest(problem)
        )

    def accepted(self, texts=TEXTS, who=None, by=None, problem=None, language="ar"):
        translation = self.proposed(texts, who, problem, language)
        services.accept(actor(by or self.checker), translation)
        return translation

    def digest(self, problem=None):
        return queries.thing(actor(self.author), "problem", (problem or self.problem).id).digest


def fields(problem):
    return KINDS["problem"].texts(problem)


def told(kind):
    return set(db.session.scalars(select(Notice.person_id).where(Notice.kind == f"translating.{kind}")))


def mailed(kind):
    return set(db.session.scalars(select(Mail.person_id).where(Mail.kind == f"translating.{kind}")))


def last_line():
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()


def state_of(translation):
    return db.session.scalar(select(Translation.state).where(Translation.id == translation.id))


def send(client, path, data):
    """Send a form that no page of this person shows, with the token of one that does."""
    html = client.get("/translations").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', html)[1]
    return client.post(path, data={**data, "csrf_token": token})
