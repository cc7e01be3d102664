"""Forms of offers and needs."""

from app.listings.forms.deciding import PublishForm, RenewForm, RetireForm, ReturnForm
from app.listings.forms.writing import PART_FORMS, NewForm, PartForm, SendForm

__all__ = [
    "PART_FORMS",
    "NewForm",
    "PartForm",
    "PublishForm",
    "RenewForm",
    "RetireForm",
    "ReturnForm",
    "SendForm",
]
