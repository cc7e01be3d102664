"""Forms of problem statements."""

from app.problems.forms.deciding import (
    CloseForm,
    CommentForm,
    EndorseForm,
    MergeForm,
    PublishForm,
    RejectForm,
    RenewForm,
    ReopenForm,
    ReturnForm,
    WithdrawForm,
)
from app.problems.forms.writing import PART_FORMS, NewForm, SendForm

__all__ = [
    "PART_FORMS",
    "CloseForm",
    "CommentForm",
    "EndorseForm",
    "MergeForm",
    "NewForm",
    "PublishForm",
    "RejectForm",
    "RenewForm",
    "ReopenForm",
    "ReturnForm",
    "SendForm",
    "WithdrawForm",
]
