"""Forms of offers and needs."""

from app.listings.forms.deciding import PhotoForm, PublishForm, RenewForm, RetireForm, ReturnForm
from app.listings.forms.writing import PART_FORMS, NewForm, SendForm

__all__ = [
    "PART_FORMS",
    "NewForm",
    "PhotoForm",
    "PublishForm",
    "RenewForm",
    "RetireForm",
    "ReturnForm",
    "SendForm",
]
