"""Telling people: once each, never the actor, an inbox line and a mail with it, or neither."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.access import Actor
from app.core.db import WriteOutsideTransaction, db, transaction
from app.core.errors import NotAllowed, NotFound, RuleBroken
from app.notifications import services
from app.notifications.models import Mail, Notice
from app.notifications.services import MAIL_FAILED, mark_all_read, mark_read, requeue, tell, write_to
from tests.factories import make_person, make_team
from tests.factories.accounts import actor


def count(kind) -> int:
    return db.session.execute(select(func.count()).select_from(kind)).scalar_one()


def told(*people, **more) -> None:
    with transaction(system="x"):
        tell(people, MAIL_FAILED, path="/x", reason="administrator", **more)


def notice_of(person) -> Notice:
    return db.session.scalars(select(Notice).where(Notice.person_id == person.id)).one()


def test_a_line_and_a_mail_in_the_readers_language(app) -> None:
    reader, team = make_person(locale="ar", zone="Asia/Riyadh"), make_team()
    told(reader.id, about=team, facts={"day": date(2026, 5, 4), "n": 3})
    notice = notice_of(reader)
    mail = db.session.scalars(select(Mail)).one()
    assert (notice.about_kind, notice.about_id, notice.path, notice.reason) == (
        "team",
        team.id,
        "/x",
        "administrator",
    )
    assert notice.facts == mail.facts == {"day": "2026-05-04", "n": 3}
    assert (mail.notice_id, mail.address, mail.locale, mail.zone) == (
        notice.id,
        reader.email,
        "ar",
        "Asia/Riyadh",
    )
    assert (mail.state, mail.attempts) == ("waiting", 0)
    assert mail.due_at <= clock.now()


def test_everybody_once_and_never_the_actor(app) -> None:
    one, other = make_person(), make_person()
    told(one.id, other.id, one.id, None, actor=actor(other))
    assert [notice.person_id for notice in db.session.scalars(select(Notice))] == [one.id]


def test_nobody_left_to_tell_is_fine(app) -> None:
    one = make_person()
    told(one.id, None, actor=actor(one))
    assert count(Notice) == count(Mail) == 0


def test_a_closed_account_is_not_told(app) -> None:
    gone = make_person(email=None, closed_at=clock.now())
    told(gone.id)
    assert count(Notice) == 0


def test_a_line_without_a_mail(app) -> None:
    reader = make_person()
    told(reader.id, mail=False)
    assert (count(Notice), count(Mail)) == (1, 0)


def test_nothing_is_left_of_a_change_that_failed(app) -> None:
    reader = make_person()

    def fail() -> None:
        with transaction(system="x"):
            tell([reader.id], MAIL_FAILED, path="/x", reason="administrator")
            write_to("a@b.example", MAIL_FAILED, path="/x", locale="en")
            db.session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert count(Notice) == count(Mail) == 0


def test_telling_belongs_into_the_transaction_of_the_change(app) -> None:
    with pytest.raises(WriteOutsideTransaction):
        tell([1], MAIL_FAILED, path="/x", reason="administrator")
    with pytest.raises(WriteOutsideTransaction):
        write_to("a@b.example", MAIL_FAILED, path="/x", locale="en")


def test_a_mail_to_an_address_has_no_line(app) -> None:
    with transaction(system="x"):
        write_to("a@b.example", "accounts.confirm", path="/confirm/secret", locale="en", facts={"n": 1})
    mail = db.session.scalars(select(Mail)).one()
    assert (mail.notice_id, mail.address, mail.path) == (None, "a@b.example", "/confirm/secret")
    assert count(Notice) == 0


def test_one_marks_ones_own_lines(app) -> None:
    reader = make_person()
    told(reader.id)
    notice = notice_of(reader)
    mark_read(actor(reader), notice.id)
    first = notice_of(reader).read_at
    assert first is not None
    mark_read(actor(reader), notice.id)
    assert notice_of(reader).read_at == first
    mark_read(actor(reader), notice.id, read=False)
    assert notice_of(reader).read_at is None


def test_one_does_not_find_the_lines_of_others(app) -> None:
    reader, other = make_person(), make_person()
    told(reader.id)
    notice = notice_of(reader)
    for who in (actor(other), Actor()):
        with pytest.raises(NotFound):
            mark_read(who, notice.id)
    assert notice_of(reader).read_at is None


def test_marking_all_leaves_later_lines_and_those_of_others(app) -> None:
    reader, other = make_person(), make_person()
    told(reader.id, other.id)
    told(reader.id)
    ids = sorted(db.session.scalars(select(Notice.id).where(Notice.person_id == reader.id)))
    assert mark_all_read(actor(reader), ids[0]) == 1
    db.session.expire_all()
    unread = db.session.scalars(select(Notice).where(Notice.read_at.is_(None))).all()
    assert {(notice.person_id, notice.id) for notice in unread} == {
        (reader.id, ids[1]),
        (other.id, notice_of(other).id),
    }
    assert mark_all_read(actor(reader), ids[1]) == 1
    assert mark_all_read(actor(reader), ids[1]) == 0


def test_a_visitor_marks_nothing(app) -> None:
    with pytest.raises(NotAllowed) as refusal:
        mark_all_read(Actor(), 10)
    assert refusal.value.code == "sign_in_first"


def failed_mail(**values) -> Mail:
    reader = make_person()
    told(reader.id)
    mail = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    with transaction(system="x"):
        for name, value in {"state": "failed", "attempts": 6, "error": "gone", **values}.items():
            setattr(mail, name, value)
    return mail


def test_a_failed_mail_can_be_sent_again(app) -> None:
    mail = failed_mail()
    with transaction(system="x"):
        requeue(mail)
    assert (mail.state, mail.attempts, mail.error) == ("waiting", 0, None)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"state": "sent"}, "not_failed"),
        ({"state": "waiting"}, "not_failed"),
        ({"notice_id": None}, "secret_gone"),
    ],
)
def test_no_other_mail_can(app, values, code) -> None:
    mail = failed_mail(**values)
    with pytest.raises(RuleBroken) as refusal, transaction(system="x"):
        requeue(mail)
    assert refusal.value.code == code


def test_waiting_times_grow_and_fill_the_tries() -> None:
    assert list(services.BACKOFF) == sorted(services.BACKOFF)
    assert len(services.BACKOFF) == services.MOST_ATTEMPTS - 1
