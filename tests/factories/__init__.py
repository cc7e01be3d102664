"""Things for tests, made as rows in the state that a test needs; one file a feature."""

from tests.factories.accounts import PASSWORD, make_admin, make_person
from tests.factories.consortia import make_consortium, make_open_consortium
from tests.factories.institutions import affiliate, make_institution
from tests.factories.listings import make_listing
from tests.factories.problems import make_problem
from tests.factories.projects import (
    add_milestone,
    add_partner,
    add_project_member,
    add_update,
    make_project,
)
from tests.factories.teams import add_line, add_member, make_team

__all__ = [
    "PASSWORD",
    "add_line",
    "add_member",
    "add_milestone",
    "add_partner",
    "add_project_member",
    "add_update",
    "affiliate",
    "make_admin",
    "make_consortium",
    "make_institution",
    "make_listing",
    "make_open_consortium",
    "make_person",
    "make_problem",
    "make_project",
    "make_team",
]
