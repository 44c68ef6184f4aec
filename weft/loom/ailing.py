"""What ails a house: what keeps it from writing or reading just now, told from the error that it raised."""

import errno

from django.db import DatabaseError, InterfaceError, OperationalError


class Mend(Exception):
    """What `weft check` found wrong (`Section.checks`), and how to mend it."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what, self.mend = what, mend


FULL, BUSY, AWAY = "full", "busy", "away"

SAID = {  # for the terminal of whoever runs the machine
    FULL: "nothing can be written: the disk is full or read only. “weft check” says more",
    BUSY: "somebody waited too long for their turn to write",
    AWAY: "the database does not answer, or is damaged. “weft check” says more",
}


def what(error: BaseException | None) -> str:
    """Full (or read only), busy or away; nothing when it is something else, and so our own fault."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EROFS, errno.EDQUOT):
            return FULL
        if isinstance(error, OSError) and error.errno == errno.EIO:
            return AWAY
        if isinstance(error, DatabaseError | InterfaceError):
            found = _of_database(error)
            if found:
                return found
        error = error.__cause__ or error.__context__
    return ""


def _of_database(error: Exception) -> str:
    said = str(error).lower()
    if any(words in said for words in ("disk is full", "readonly", "read-only", "no space left")):
        return FULL
    if "is locked" in said or "deadlock" in said or "lock timeout" in said:
        return BUSY
    if "malformed" in said or "not a database" in said or isinstance(error, OperationalError | InterfaceError):
        return "" if "no such table" in said else AWAY
    return ""
