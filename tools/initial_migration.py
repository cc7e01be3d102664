"""Write migrations/versions/0001_initial.py anew from the models, while nothing has been released.

python -m tools.initial_migration
"""

import importlib
import importlib.util
import pathlib
import shutil
import subprocess
import sys
import tempfile

from alembic import command
from alembic.config import Config
from flask import Flask

from app import CORE_RECORDS, FEATURES
from app.core.db import db

MIGRATIONS = pathlib.Path("migrations")
WRITTEN = MIGRATIONS / "versions" / "0001_initial.py"


def main() -> None:
    """Compare the models with an empty database, beside the real history, and keep the difference as revision 1."""
    for name in (*CORE_RECORDS, *(f"app.{feature}.models" for feature in FEATURES)):
        if importlib.util.find_spec(name):
            importlib.import_module(name)
    app = Flask("taawun")
    with tempfile.TemporaryDirectory() as folder:
        beside = pathlib.Path(folder) / "migrations"
        shutil.copytree(MIGRATIONS, beside, ignore=shutil.ignore_patterns("versions", "__pycache__"))
        (beside / "versions").mkdir()
        app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder}/empty.sqlite"
        db.init_app(app)
        with app.app_context():
            command.revision(Config(str(beside / "alembic.ini")), "initial", autogenerate=True, rev_id="0001")
        text = (beside / "versions" / "0001_initial.py").read_text()
    # History names no code of ours: the types are written as the databases know them.
    text = text.replace("app.core.db.UtcDateTime(timezone=True)", "sa.DateTime(timezone=True)")
    text = text.replace("postgresql.JSONB(astext_type=Text())", "postgresql.JSONB()")
    text = text.replace('"""initial', '"""The tables of the first release.')
    draft = WRITTEN.with_suffix(".draft")
    draft.write_text(text)
    draft.rename(WRITTEN)
    subprocess.run([sys.executable, "-m", "ruff", "check", "-q", "--fix", str(WRITTEN)], check=False)
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(WRITTEN)], check=False)


if __name__ == "__main__":
    main()
