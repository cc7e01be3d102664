"""Signing people in for tests, without the form."""

import time
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Person, SignIn
from app.accounts.queries import sign_in_token, token_hash
from app.core import clock
from app.core.db import db, transaction


def sign_in_client(app: Flask, person: Person) -> FlaskClient:
    """A client whose cookie belongs to a new sign-in of the person."""
    token = sign_in_token(person.id)
    with transaction(system="sign in for a test"):
        db.session.add(
            SignIn(
                token_hash=token_hash(token), person_id=person.id, expires_at=clock.now() + timedelta(days=1)
            )
        )
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
        cookie["seen"] = int(time.time())
    return client
