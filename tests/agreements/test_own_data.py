"""What somebody takes along of agreements, as a file can hold it."""

import json

from app.agreements import queries, services
from tests.factories.accounts import actor
from tests.factories.agreements import make_agreement, make_signatory, party_rows
from tests.factories.institutions import make_institution


def test_what_was_said_and_signed_is_taken_along(app):
    home, other = make_institution(), make_institution(country="KE")
    ours, theirs = make_signatory(home), make_signatory(other)
    agreement = make_agreement(institutions=[home, other])
    services.comment(actor(theirs), agreement, anchor="title", text="Shorter, please")
    (said,) = queries.comments_by(theirs.id)
    assert (said["text"], said["version"]) == ("Shorter, please", 1)
    assert queries.comments_by(ours.id) == []

    signed = make_agreement(institutions=[home, other], state="in_force")
    assert len(party_rows(signed)) == 2
    (one,) = queries.signed_by(ours.id)
    assert one["sha256"] == queries.version(signed.id, 1).sha256
    assert json.loads(json.dumps([said, one])) == [said, one]
