"""Coming in and going out: sign-in, sign-out, proving oneself again, ending sign-ins.

An unknown address, a wrong password and an address that is not confirmed yet get one answer after the same work: one
counted try, one checked password. To say more would tell a stranger which addresses have accounts: they could sign up
with somebody's address, then try to sign in. Whoever lost the first mail gets another one by a reset, which confirms
the address as well.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select

from app.accounts import notices, policies, queries
from app.accounts.models import KnownDevice, Person, SignIn, Ticket
from app.accounts.services import throttle
from app.audit import services as audit
from app.core import clock, passwords
from app.core.access import Actor, authorize
from app.core.db import db, lock_id, transaction
from app.core.errors import Invalid, NotFound
from app.core.i18n import LazyText, _l

LONGEST_SIGN_IN = timedelta(days=30)
MOST_DEVICES = 20
WRONG: LazyText = _l(
    "The address and the password do not fit together, or the address is not confirmed yet. If you have just signed "
    "up, open the link in our mail. If you have no such mail, choose a new password below."
)
_BROWSERS = ("Edg", "OPR", "SamsungBrowser", "Firefox", "Chrome", "Safari")
_BROWSER_NAMES = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet"}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
}


@dataclass(frozen=True)
class Entered:
    """A sign-in that has begun: the session's token, who it is, and the token that makes the device known."""

    token: str
    actor: Actor
    device_token: str


def device_name(user_agent: str) -> str:
    """A browser and a system as people know them, such as `Firefox, Windows`; empty when neither is told.

    >>> device_name("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox, Linux'
    """
    browser = next((name for name in _BROWSERS if re.search(rf"\b{name}\w*/", user_agent)), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in user_agent), "")
    if not system and "Linux" in user_agent:
        system = "Linux"
    return ", ".join(part for part in (_BROWSER_NAMES.get(browser, browser), system) if part)


def tries_of(
    email: str, network: str, who: queries.Candidate, device_token: str | None
) -> list[throttle.Try]:
    """What a try at this address counts for: a known device has a count of its own, so that an attack on the
    account or from the network does not lock its owner out.
    """
    if who.knows_device and device_token:
        return [("device", f"{who.id}:{device_token}")]
    return [("account", email), ("network", network)]


def begin(
    person: Person, device: str, device_token: str | None, devices: list[KnownDevice] | None = None
) -> Entered:
    """Inner step: a new sign-in of the person, the device known from now on.

    A device that is new tells the person, unless it is their first. `devices` are those of the person, if read already.
    """
    now = clock.now()
    token = queries.sign_in_token(person.id)
    sign_in = SignIn(
        token_hash=queries.token_hash(token),
        person_id=person.id,
        created_at=now,
        seen_at=now,
        proved_at=now,
        expires_at=now + LONGEST_SIGN_IN,
        device=device[:120],
    )
    db.session.add(sign_in)
    device_token = device_token or secrets.token_urlsafe(32)
    known = queries.devices_of(person.id) if devices is None else devices
    kept = queries.token_hash(device_token)
    found = next((one for one in known if one.token_hash == kept), None)
    if found is not None:
        found.seen_at = now
    else:
        db.session.add(KnownDevice(person_id=person.id, token_hash=kept, seen_at=now))
        for oldest in known[: max(0, len(known) + 1 - MOST_DEVICES)]:
            db.session.delete(oldest)
        if known:
            notices.new_device(person, sign_in.device)
    db.session.flush()
    return Entered(token, _bare_actor(person, sign_in.id), device_token)


def _bare_actor(person: Person, sign_in_id: int) -> Actor:
    """Who has just come in, for the answer that leads on; what they hold is read with the next request."""
    return Actor(person.id, person.display_name, person.email or "", person.locale, person.zone, sign_in_id)


def new_ticket(person: Person, purpose: str, email: str, within: timedelta) -> str:
    """Inner step: a new link for one purpose, older ones of that purpose die. Returns its secret."""
    db.session.execute(
        delete(Ticket)
        .where(Ticket.person_id == person.id, Ticket.purpose == purpose, Ticket.used_at.is_(None))
        .execution_options(synchronize_session=False)
    )
    secret = secrets.token_urlsafe(32)
    db.session.add(
        Ticket(
            secret_hash=queries.token_hash(secret),
            purpose=purpose,
            person_id=person.id,
            email=email,
            expires_at=clock.now() + within,
        )
    )
    return secret


def sign_in(
    *, email: str, password: str, network: str, device: str = "", device_token: str | None = None
) -> Entered:
    """Sign somebody in. `network` is of `throttle.network_of`, `device` a name, `device_token` of the device's cookie.

    Raises Invalid on `password` (one sentence whatever is wrong) and TooMany.
    """
    who = queries.candidate(email, device_token)
    tries = tries_of(email, network, who, device_token)
    throttle.count(*tries)
    right = passwords.is_right(who.password_hash, password)
    if not right or not who.is_confirmed or who.id is None or who.password_hash is None:
        raise Invalid({"password": WRONG})
    stronger = passwords.hash_password(password) if passwords.is_outdated(who.password_hash) else None
    with transaction(system="the password was right"):
        person, devices = queries.lock_with_devices(who.id)
        if person is None or person.password_hash != who.password_hash:  # changed or closed while we looked
            raise Invalid({"password": WRONG})
        if stronger:
            person.password_hash = stronger
        entered = begin(person, device, device_token, devices)
        throttle.forgive(*tries)
        audit.record(entered.actor, "accounts.sign_in", person)
    return entered


def _own_sign_in(actor: Actor, sign_in_id: int | None) -> SignIn | None:
    return db.session.scalars(
        select(SignIn).where(SignIn.id == sign_in_id, SignIn.person_id == actor.id)
    ).first()


def require_proved(actor: Actor) -> SignIn:
    """Inner step: refuse what could take an account away when the password was not given lately. Raises NotAllowed."""
    current = _own_sign_in(actor, actor.session_id)
    authorize(policies.proved_lately, actor, current)
    assert current is not None  # the permission says so
    return current


def prove(actor: Actor, *, password: str, network: str, device_token: str | None = None) -> Entered:
    """Give the password again: the sign-in is fresh for ten minutes, and has a new token.

    Raises Invalid on `password`, TooMany.
    """
    who = queries.candidate(actor.email, device_token)
    tries = tries_of(actor.email, network, who, device_token)
    throttle.count(*tries)
    if not passwords.is_right(who.password_hash, password):
        raise Invalid({"password": _l("This is not your password. Try again.")})
    with transaction():
        person = lock_id(Person, actor.id or 0)
        authorize(policies.manage_own, actor, person)
        current = _own_sign_in(actor, actor.session_id)
        if current is None:
            raise NotFound
        token = queries.sign_in_token(person.id)
        current.token_hash, current.proved_at = queries.token_hash(token), clock.now()
        throttle.forgive(*tries)
        audit.record(actor, "accounts.prove", person)
    return Entered(token, actor, device_token or "")


def sign_out(actor: Actor) -> None:
    """End this sign-in. A visitor, or one whose sign-in has ended already, is no error."""
    if actor.session_id is None:
        return
    with transaction(system="sign-out"):
        ended = end_sign_ins(SignIn.id == actor.session_id, SignIn.person_id == actor.id)
        if ended:
            audit.record(actor, "accounts.sign_out")


def end_sign_ins(*where: ColumnElement[bool]) -> int:
    """Inner step: delete the sign-ins that fit; returns how many. Their cookies are worth nothing from then on."""
    done = db.session.execute(delete(SignIn).where(*where).execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]  # a DELETE has it


def end_sign_in(actor: Actor, sign_in_id: int) -> None:
    """End one of the actor's own sign-ins. Raises NotFound for one that is not theirs, or over."""
    with transaction():
        person = lock_id(Person, actor.id or 0)
        authorize(policies.manage_own, actor, person)
        if not end_sign_ins(SignIn.id == sign_in_id, SignIn.person_id == actor.id):
            raise NotFound
        audit.record(actor, "accounts.end_sign_in", person)


def end_other_sign_ins(actor: Actor) -> int:
    """End all of the actor's sign-ins but this one; returns how many were ended.

    Raises NotAllowed when the password was not given lately.
    """
    with transaction():
        person = lock_id(Person, actor.id or 0)
        authorize(policies.manage_own, actor, person)
        current = require_proved(actor)
        ended = end_sign_ins(SignIn.person_id == actor.id, SignIn.id != current.id)
        audit.record(actor, "accounts.end_other_sign_ins", person, after={"ended": ended})
    return ended
