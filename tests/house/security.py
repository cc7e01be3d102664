"""What the portal promises about safety, and the tests that show it.

    python -m tests.house.security      writes docs/security.md

A promise without a test does not belong here; a test that is renamed or gone fails the build until this is mended.
"""

import ast
import pathlib
from functools import lru_cache

ROOT = pathlib.Path(__file__).parents[2]
FILE = ROOT / "docs" / "security.md"

# Promise → (test file, test) that shows it. The headings are those of OWASP ASVS 5.0 that apply to what stands today.
PROMISES: dict[str, dict[str, tuple[str, ...]]] = {
    "Closed by default (ASVS V8)": {
        "Every address asks who is there; the open ones are a short list": (
            "house/test_access.py::test_only_listed_doors_stand_open",
            "house/test_access.py::test_visitors_are_asked_to_sign_in_everywhere_else",
        ),
        "Every address × every kind of person is as written in docs/access.md, and a new address needs its row": (
            "house/test_access.py::test_every_address_has_its_rows",
            "house/test_access.py::test_everybody_gets_what_the_table_says",
        ),
        "Nobody decides about their own item through any role": (
            "house/test_own_items.py::test_nobody_decides_their_own",
            "house/test_own_items.py::test_every_permission_to_decide_is_asked_here",
        ),
        "An action that asked no permission keeps nothing": (
            "core/test_db.py::test_a_change_that_nobody_was_asked_about_is_not_kept",
            "core/test_db.py::test_a_changed_record_outside_a_transaction_is_refused",
        ),
        "A lost role is lost at the next request": ("accounts/test_sign_in.py::test_quality_2_3_a_lost_role_is_lost_at_the_next_request",),
    },
    "No private text by any road (ASVS V8, V14)": {
        "Markers in everything private are found by nobody else: pages, lists, searches, files, refusals, headers": (
            "house/test_visibility.py::test_nobody_reads_what_is_not_for_them",
            "house/test_visibility.py::test_headers_give_nothing_away",
        ),
        "Mail addresses are shown to nobody but their owner": ("accounts/test_people.py::test_no_address_is_shown_to_anybody_but_its_owner",),
        "What is for one person is kept by no cache": ("house/test_pages.py::test_what_is_for_one_person_is_kept_by_no_cache",),
    },
    "Fields that nobody offered are ignored (ASVS V2)": {
        "At sign-up and in the profile": (
            "accounts/test_sign_up.py::test_quality_2_4_fields_that_nobody_offered_are_ignored",
            "accounts/test_account.py::test_quality_2_4_a_profile_form_changes_nothing_else",
        ),
    },
    "Passwords (ASVS V6)": {
        "Common ones are refused": ("core/test_passwords.py::test_a_common_password_is_known",),
        "Kept anew when the parameters rise": ("accounts/test_sign_in.py::test_quality_2_5_a_password_kept_with_weaker_parameters_is_kept_anew",),
        "A new one ends the other sign-ins": ("accounts/test_account.py::test_quality_2_9_a_new_password_ends_the_other_sign_ins",),
    },
    "Known and unknown accounts are answered alike (ASVS V6)": {
        "At sign-in, sign-up, reset, change of address": (
            "accounts/test_sign_in.py::test_quality_2_6_one_answer_after_the_same_work",
            "accounts/test_sign_up.py::test_quality_2_6_known_and_unknown_addresses_get_the_same_answer_and_work",
            "accounts/test_sign_up.py::test_quality_2_6_reset_answers_alike",
            "accounts/test_account.py::test_quality_2_6_a_taken_address_gets_the_same_answer",
        ),
    },
    "One throttle for all doors (ASVS V6)": {
        "Shared by all processes, per account and per network": (
            "accounts/test_throttle.py::test_quality_2_7_processes_share_the_count",
            "accounts/test_throttle.py::test_quality_2_7_a_network_is_an_address_or_a_64",
        ),
        "Forged forwarding headers change nothing; a known device gets in": (
            "accounts/test_throttle.py::test_quality_2_7_a_forged_forwarding_header_changes_nothing",
            "accounts/test_throttle.py::test_quality_2_7_a_known_device_gets_in_during_an_attack",
        ),
    },
    "Fresh proof before what could take an account (ASVS V7)": {
        "The password is asked for again after ten minutes": (
            "accounts/test_sign_in.py::test_quality_2_8_what_could_take_the_account_asks_again",
            "accounts/test_account.py::test_quality_2_8_the_actions_ask_for_the_password_themselves",
        ),
    },
    "Sessions (ASVS V7)": {
        "New at sign-in, opaque, on the server, ended by sign-out": (
            "accounts/test_sign_in.py::test_quality_2_9_the_session_is_new_at_sign_in_and_nothing_goes_over",
            "accounts/test_sign_in.py::test_quality_2_9_signing_out_kills_the_token_on_the_server",
            "accounts/test_sign_in.py::test_quality_2_9_the_cookie_is_only_for_us",
        ),
        "Idle and absolute limits; no row for who only looks": (
            "accounts/test_sign_in.py::test_quality_2_9_absolute_and_idle_limits",
            "accounts/test_sign_in.py::test_quality_2_9_no_row_for_who_only_looks",
        ),
    },
    "Changes come from our own pages (ASVS V3)": {
        "Every address that changes something wants the form's token and an origin of ours": (
            "house/test_hostile.py::test_a_change_from_another_site_is_refused",
            "house/test_pages.py::test_every_form_that_changes_carries_its_token",
        ),
        "Reading changes no row": ("house/test_visibility.py::test_reading_changes_nothing",),
        "Redirects lead to own paths only": ("web/test_guards.py::test_other_places_may_not",),
    },
    "Text from people (ASVS V1)": {
        "Stored markup, formulas and format signs run nowhere": ("house/test_stored_text.py::test_stored_text_breaks_no_page",),
        "One renderer, and no second place that marks text as safe": (
            "house/test_layout.py::test_one_renderer_of_markup_one_redirect_check_one_answer_with_a_file",
        ),
        "Cells of files are no formulas": ("web/test_csv.py::test_what_looks_like_a_formula_is_made_text",),
        "Mail headers cannot be injected": ("web/test_letters.py::test_a_subject_adds_no_header",),
    },
    "Files that people send (ASVS V5)": {
        "Known by their content, from a short list; bombs, macros, traps and viruses' test text are refused": (
            "core/test_files.py::test_what_is_refused_says_why_and_leaves_nothing",
            "files/test_pages.py::test_a_refused_file_is_named_and_the_rest_of_the_form_is_kept",
        ),
        "Pictures are made anew: nothing is left of what was hidden in them": (
            "core/test_files.py::test_nothing_but_the_picture_is_left_of_a_picture",
            "files/test_pages.py::test_a_picture_is_only_a_picture",
        ),
        "Given out so that nothing in them can act": ("files/test_pages.py::test_what_is_sent_back_cannot_act",),
        "A name is a name: no path, no hidden signs": (
            "core/test_files.py::test_a_name_is_a_name_only",
            "files/test_pages.py::test_a_name_says_nothing_but_a_name",
        ),
        "200 MB or 10,000 files are refused early, with flat memory, and unread from who is signed out": (
            "files/test_pages.py::test_200_megabytes_are_refused_early_with_flat_memory",
            "files/test_pages.py::test_ten_thousand_files_at_once_are_refused",
            "files/test_pages.py::test_nobody_who_is_signed_out_sends_much",
        ),
        "For those who see the thing, and of them the circle": (
            "files/test_pages.py::test_a_file_is_there_only_for_those_who_see_thing_and_circle",
            "accounts/test_picture.py::test_who_sees_the_profile_sees_the_picture",
        ),
        "Number and size are limited for a thing and for a person's day": (
            "files/test_services.py::test_a_thing_has_room_for_so_many",
            "files/test_services.py::test_a_person_has_so_many_a_day_whatever_is_removed",
        ),
        "SHA-256 and size are kept and can be checked; what failed half-way is swept": (
            "core/test_files.py::test_the_check_finds_what_is_missing_changed_or_stray",
            "core/test_files.py::test_what_a_failed_transaction_left_is_swept_after_a_day",
        ),
    },
    "Headers (ASVS V3)": {
        "On every answer, refusals and files too; nothing inline": (
            "house/test_pages.py::test_headers_stand_on_every_answer",
            "house/test_pages.py::test_links_go_somewhere_and_nothing_runs_inline",
            "web/test_security.py::test_the_content_policy_allows_nothing_inline_and_no_other_host",
        ),
    },
    "Hostile input (ASVS V1, V2, V4)": {
        "In parameters, addresses, fields and bodies: a clear answer, in time, nothing inner told": (
            "house/test_hostile.py::test_parameters_of_pages",
            "house/test_hostile.py::test_parts_of_addresses",
            "house/test_hostile.py::test_fields_of_forms",
            "house/test_hostile.py::test_bodies_that_are_no_form",
            "house/test_hostile.py::test_forged_places_in_lists",
        ),
    },
    "Errors and logs (ASVS V16)": {
        "Nothing of the inside gets out": ("web/test_errors.py::test_nothing_of_the_inside_gets_out",),
        "Links in mails start with the configured address": (
            "accounts/test_sign_up.py::test_quality_2_18_links_start_with_the_configured_address_never_with_host",
            "web/test_letters.py::test_links_do_not_follow_the_asked_host",
        ),
    },
    "Audit (ASVS V16)": {
        "Append-only on both databases": ("house/test_schema.py::test_history_cannot_be_rewritten",),
        "Holds no secret and no address": ("accounts/test_sign_in.py::test_the_audit_holds_no_secret_and_no_address",),
    },
    "Truth under concurrency (ASVS V2)": {
        "One decision an item; the second is told": ("races/test_deciding.py::test_two_leads_decide_one_team",),
        "No seat is oversold": ("races/test_deciding.py::test_forty_requests_for_the_last_seat",),
        "A form sent twice acts once": (
            "races/test_sending_twice.py::test_signing_up_twice",
            "races/test_sending_twice.py::test_asking_to_join_twice",
            "races/test_sending_twice.py::test_proposing_twice",
            "races/test_sending_twice.py::test_endorsing_twice",
        ),
        "Two editors do not overwrite each other": ("races/test_sending_twice.py::test_two_editors_of_one_problem",),
        "Workers that run at once act once": ("races/test_sending_twice.py::test_two_workers_do_what_is_due_once",),
        "The database refuses the impossible": ("house/test_schema.py::test_the_database_refuses_the_impossible",),
    },
}  # fmt: skip

HEAD = """# What is safe, and how it is shown

Each promise names the tests that hold it. Written by `python -m tests.house.security`, held by
`tests/house/test_security.py`: a test that is renamed or gone fails the build.

The promises follow OWASP ASVS 5.0, levels 1 and 2, as far as they apply to what the portal does today.
"""


@lru_cache(maxsize=64)
def tests_in(file: str) -> frozenset[str]:
    """The names of the tests in a file below `tests/`; none where there is no such file."""
    path = ROOT / "tests" / file
    if not path.is_file():
        return frozenset()
    return frozenset(
        node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)
    )


def missing() -> list[str]:
    """Tests that are named here and stand nowhere."""
    named = [test for promises in PROMISES.values() for tests in promises.values() for test in tests]
    return [test for test in named if test.partition("::")[2] not in tests_in(test.partition("::")[0])]


def write() -> str:
    """The document."""
    lines = [HEAD]
    for heading, promises in PROMISES.items():
        lines += [f"## {heading}", "", "| promise | shown by |", "|---|---|"]
        lines += [
            f"| {promise} | {'<br>'.join(f'`{test}`' for test in tests)} |"
            for promise, tests in promises.items()
        ]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    FILE.write_text(write())
