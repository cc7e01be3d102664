"""Write the migration of a feature anew from its models, while it has not been released.

python -m tools.migration 0007_listings listings
python -m tools.migration 0006_translating translating --also problem
python -m tools.migration 0004_files core.files files --also person

The file must stand already, with its `revision` and `down_revision`. What its `upgrade()` and `downgrade()` hold above
the line `# By hand` is replaced by the difference between the history up to then and the models of the feature (and the
tables named by `--also`); what stands below that line stays (in `downgrade()` up to the line `# Made`).
"""

import argparse
import importlib
import importlib.util
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from typing import Any

from alembic import command
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.config import Config
from alembic.migration import MigrationContext
from flask import Flask

from app import CORE_RECORDS, FEATURES
from app.core.db import Base, db

MIGRATIONS = pathlib.Path("migrations")
BY_HAND, MADE = "    # By hand", "    # Made"


def _tables_of(feature: str) -> set[str]:
    prefix = f"app.{feature}."
    return {
        mapper.local_table.name  # type: ignore[attr-defined]  # all our records are tables
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith(prefix) or mapper.class_.__module__ == prefix[:-1]
    }


def _difference(written: pathlib.Path, tables: set[str]) -> tuple[str, str]:
    """The bodies of upgrade and downgrade."""
    text = written.read_text()
    before = re.search(r'^down_revision = "(\w+)"', text, re.MULTILINE)
    if before is None:
        raise SystemExit(f"{written} names no down_revision")
    app = Flask("taawun")
    with tempfile.TemporaryDirectory() as folder:
        beside = pathlib.Path(folder) / "migrations"
        shutil.copytree(MIGRATIONS, beside, ignore=shutil.ignore_patterns("__pycache__"))
        app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder}/before.sqlite"
        db.init_app(app)
        with app.app_context():
            command.upgrade(Config(str(beside / "alembic.ini")), before[1])

            def ours(_thing: Any, name: str | None, type_: str, _reflected: bool, _other: Any) -> bool:
                return type_ != "table" or name in tables

            with db.engine.connect() as connection:
                context = MigrationContext.configure(
                    connection,
                    opts={"include_object": ours, "target_metadata": Base.metadata, "render_as_batch": True},
                )
                script = produce_migrations(context, Base.metadata)
            made = [
                render_python_code(steps, render_as_batch=True)
                for steps in (script.upgrade_ops, script.downgrade_ops)
                if steps is not None
            ]
    # History names no code of ours: the types are written as the databases know them.
    up, down = (
        part.replace("app.core.db.UtcDateTime(timezone=True)", "sa.DateTime(timezone=True)")
        .replace("app.core.quantities.Quantity()", "sa.BigInteger()")
        .replace("postgresql.JSONB(astext_type=Text())", "postgresql.JSONB()")
        .replace("postgresql.JSONB(astext_type=sa.Text())", "postgresql.JSONB()")
        for part in made
    )
    up, down = (re.sub(r"\n? *# ### [^\n]*", "", part).strip() or "pass" for part in (up, down))
    return up, down


def _by_hand(text: str, name: str) -> str:
    """What stands below the line in a function (up to `# Made`), with the line."""
    body = re.search(rf"^def {name}\(\).*?(?=^def |\Z)", text, re.MULTILINE | re.DOTALL)
    if body is None or BY_HAND not in body[0]:
        return ""
    return body[0][body[0].index(BY_HAND) :].split(MADE)[0].rstrip() + "\n"


def main() -> None:
    """Compare and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", help="the migration, such as 0007_listings")
    parser.add_argument("features", nargs="+", help="whose models, such as listings, or core.files")
    parser.add_argument("--also", nargs="*", default=[], help="tables of other features that it changes")
    args = parser.parse_args()
    for name in (
        *CORE_RECORDS,
        *(f"app.{feature}.models" for feature in FEATURES),
        *(f"app.{feature}.models" for feature in args.features),
    ):
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    written = MIGRATIONS / "versions" / f"{args.file}.py"
    text = written.read_text()
    up, down = _difference(written, set().union(*map(_tables_of, args.features), args.also))
    head = text[: text.index("def upgrade()")].rstrip()
    for line in ("import sqlalchemy as sa", "from sqlalchemy.dialects import postgresql"):
        if line not in head:
            head = head.replace("from alembic import op", f"{line}\nfrom alembic import op", 1)
    kept_up, kept_down = _by_hand(text, "upgrade"), _by_hand(text, "downgrade")
    kept_down = f"{kept_down}{MADE}\n" if kept_down else ""
    written.write_text(
        f'{head}\n\n\ndef upgrade() -> None:\n    """Forward."""\n    {up}\n{kept_up}\n\n'
        f'def downgrade() -> None:\n    """Back."""\n{kept_down}    {down}\n'
    )
    subprocess.run([sys.executable, "-m", "ruff", "check", "-q", "--fix", str(written)], check=False)
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(written)], check=False)


if __name__ == "__main__":
    main()
