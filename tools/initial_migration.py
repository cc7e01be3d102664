"""Write migrations/versions/0001_initial.py anew from the models, while nothing has been released.

python -m tools.initial_migration
"""

import pathlib
import subprocess
import sys
import tempfile

from alembic import command
from alembic.config import Config

from app import config, create_app

VERSIONS = pathlib.Path("migrations/versions")


def main() -> None:
    """Compare the models with an empty database and keep the difference as the first revision."""
    (VERSIONS / "0001_initial.py").unlink(missing_ok=True)
    later = VERSIONS / "0002_triggers_and_words.py"
    aside = later.with_suffix(".aside")
    later.rename(aside)
    try:
        with tempfile.TemporaryDirectory() as folder:
            env = {"TAAWUN_ENV": "testing", "DATABASE_URL": f"sqlite:///{folder}/empty.sqlite"}
            app = create_app(config.load(env, pathlib.Path(folder)))
            with app.app_context():
                setup = Config("migrations/alembic.ini")
                command.revision(setup, "initial", autogenerate=True, rev_id="0001")
    finally:
        aside.rename(later)
    written = VERSIONS / "0001_initial.py"
    text = written.read_text()
    # History names no code of ours: the types are written as the databases know them.
    text = text.replace("app.core.db.UtcDateTime(timezone=True)", "sa.DateTime(timezone=True)")
    text = text.replace("postgresql.JSONB(astext_type=Text())", "postgresql.JSONB()")
    text = text.replace('"""initial', '"""The tables of the first release.')
    written.write_text(text)
    subprocess.run([sys.executable, "-m", "ruff", "check", "-q", "--fix", str(written)], check=False)
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(written)], check=False)


if __name__ == "__main__":
    main()
