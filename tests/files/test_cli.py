"""Files from the command line."""

from tests.files.support import attach


def test_the_check_says_what_is_wrong_and_fails(app, world) -> None:
    added = attach(world.author, world.problem)
    run = app.test_cli_runner().invoke
    fine = run(args=["files", "check"])
    assert (fine.exit_code, fine.output) == (0, "Records and store agree.\n")
    (key,) = world.on_disk()
    world.store.delete(key)
    wrong = run(args=["files", "check"])
    assert wrong.exit_code == 1
    assert f"file {added.file_id} ({key}): the store has lost it" in wrong.output


def test_sweeping_says_how_many(app, world) -> None:
    swept = app.test_cli_runner().invoke(args=["files", "sweep"])
    assert (swept.exit_code, swept.output) == (0, "0 files removed\n")
