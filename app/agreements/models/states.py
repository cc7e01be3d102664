"""The states of an agreement and the moves between them."""

from app.core.i18n import _l
from app.core.states import State, States, moves

AGREEMENT_STATES = States(
    (
        State("draft", _l("Draft"), "", "pencil"),
        State("negotiation", _l("Negotiation"), "info", "circle-dot"),
        State("ready", _l("Ready to sign"), "warn", "signature"),
        State("partly_signed", _l("Partly signed"), "warn", "signature"),
        State("in_force", _l("In force"), "ok", "badge-check"),
        State("ended", _l("Ended"), "", "check"),
        State("withdrawn", _l("Withdrawn"), "", "circle-dashed"),
        State("declined", _l("Declined"), "bad", "x"),
        State("expired", _l("Expired"), "", "circle-dashed"),
        State("terminated", _l("Ended early"), "bad", "x"),
    ),
    moves(
        send=(["draft"], "negotiation"),
        withdraw=(["draft"], "withdrawn"),  # by who drafted it, before anybody else saw it
        revise=(["negotiation", "ready", "partly_signed"], "negotiation"),  # voids what was signed
        agree=(["negotiation"], "ready"),  # every party is content with the same version
        sign=(["ready", "partly_signed"], "partly_signed"),
        come_into_force=(["partly_signed"], "in_force"),  # the last signature
        decline=(["negotiation", "ready", "partly_signed"], "declined"),
        expire=(["draft", "negotiation", "ready", "partly_signed"], "expired"),
        end=(["in_force"], "ended"),  # its last day has passed
        terminate=(["in_force"], "terminated"),  # notice has run out
    ),
)
OPEN_STATES = ("negotiation", "ready", "partly_signed")  # sent, and a party has the ball
SIGNING_STATES = ("ready", "partly_signed")
PUBLIC_STATES = ("in_force", "ended", "terminated")  # everybody may know that it stands or stood
CLOSED_STATES = ("ended", "withdrawn", "declined", "expired", "terminated")
STEPS = ("draft", "negotiation", "ready", "partly_signed", "in_force")  # as the page draws them
