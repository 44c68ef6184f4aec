"""What went wrong, in words that say how to mend it."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


class Trouble(Exception):
    """Something stands in the way: what it is, and how to mend it. The command ends with 1."""

    code = 1

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what, self.mend = what, mend


class Misuse(Trouble):
    """The command was asked for something that it does not do. It ends with 2."""

    code = 2


@contextmanager
def plainly() -> Iterator[None]:
    """Say in plain words what settings, files and the database complain about."""
    import subprocess

    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError, OperationalError, connection
    from environs import EnvError

    from weft.loom.backup.archive import Unusable

    try:
        yield
    except Unusable as error:
        raise Trouble(str(error)) from None
    except EnvError as error:
        raise Trouble(
            f"A setting cannot be read. {error}", "Correct it, or leave it out; see docs/hosting.md."
        ) from None
    except ImproperlyConfigured as error:
        what = str(error)
        if "psycopg" in what:
            raise Trouble(
                "PostgreSQL needs a part that is not installed.", 'Run: pip install "psycopg[binary]"'
            ) from None
        raise Trouble(what) from None
    except subprocess.CalledProcessError as error:
        raise Trouble(
            f"WEFT_KEY_COMMAND ended with {error.returncode}, so there is no house key.",
            "Run the command by hand and see what it says.",
        ) from None
    except OperationalError as error:
        raise Trouble(
            f"The database does not answer: {' '.join(str(error).split())}",
            "See that it runs, that WEFT_DATABASE names it, and that the disk has room.",
        ) from None
    except DatabaseError as error:
        if connection.vendor == "sqlite" and any(words in str(error) for words in ("malformed", "not a database")):
            raise Trouble(
                f"The database is damaged: {error}.", "Put back the last backup: weft restore FILE --replace"
            ) from None
        raise
    except PermissionError as error:
        raise Trouble(
            f"{error.filename} may not be read or written.", "Run this as the owner of that folder."
        ) from None
    except sqlite3.Error as error:
        raise Trouble(f"The database cannot be read or written: {error}.", "See that the disk has room.") from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise Trouble("The disk is full.", "Make room, and do it again.") from None
        if not error.filename:
            raise
        if os.environ.get("WEFT_KEY_COMMAND", "").startswith(str(error.filename)):
            raise Trouble(f"WEFT_KEY_COMMAND names a program that is not there: {error.filename}.") from None
        raise Trouble(f"{error.filename}: {error.strerror}.") from None
