"""The actions of accounts, by what they are about; `throttle` is for every feature that takes secrets or sends mail."""

from app.accounts.services import throttle
from app.accounts.services.entering import (
    Entered,
    device_name,
    end_other_sign_ins,
    end_sign_in,
    prove,
    sign_in,
    sign_out,
)
from app.accounts.services.joining import confirm, index_person, marker_of, sign_up
from app.accounts.services.keeping import (
    ask_change_of_address,
    ask_reset,
    change_address,
    change_password,
    close_account,
    reset_password,
)
from app.accounts.services.picture import remove_picture, set_picture
from app.accounts.services.profile import (
    create_person,
    make_reset_secret,
    set_administrator,
    tidy,
    update_languages,
    update_profile,
)

__all__ = [
    "Entered",
    "ask_change_of_address",
    "ask_reset",
    "change_address",
    "change_password",
    "close_account",
    "confirm",
    "create_person",
    "device_name",
    "end_other_sign_ins",
    "end_sign_in",
    "index_person",
    "make_reset_secret",
    "marker_of",
    "prove",
    "remove_picture",
    "reset_password",
    "set_administrator",
    "set_picture",
    "sign_in",
    "sign_out",
    "sign_up",
    "throttle",
    "tidy",
    "update_languages",
    "update_profile",
]
