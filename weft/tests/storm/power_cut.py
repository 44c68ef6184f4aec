"""Cut the power under a house again and again, and count what it had acknowledged and does not have any more.

    python -m weft.tests.storm.power_cut FOLDER SYNCHRONOUS CUTS WORDS

WORDS answers are acknowledged in all before each cut, by three processes that write and now and then erase through the
house's own verbs. Prints what came of it as JSON. The database is never opened here, only in processes that are forked
off: after a cut they have nothing in memory that the disk has not.
"""

import json
import os
import select
import signal
import sys
from pathlib import Path

import django

from weft.tests.storm.disk import Mounted

WRITERS = 3
ERASED = 10  # every so many answers, one is erased


def write(number: int, ready: int) -> None:
    """Answer for ever, and say the id of what was acknowledged; a minus says that it was erased."""
    from weft.circles.models import Persona
    from weft.stories.models import Reply, Story

    story = Story.objects.get()
    by = Persona.objects.order_by("pk")[number]
    count = 0
    while True:
        count += 1
        reply = Reply.say(story, f"word {count} of {number}", by=by)
        os.write(ready, f"{reply.pk}\n".encode())
        if count % ERASED == 0:
            reply.erase()
            os.write(ready, f"-{reply.pk}\n".encode())


def see(acknowledged: list[int]) -> dict[str, int]:
    """What is there of all that was acknowledged."""
    from django.db import connection

    from weft.loom import ledger
    from weft.loom.models import Erasure
    from weft.stories.models import Reply

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        whole = cursor.fetchone()[0] == "ok"
    there = dict(Reply.objects.values_list("pk", "erased"))
    lost = [pk for pk in acknowledged if abs(pk) not in there or (pk < 0 and not there[-pk])]
    for reply in Reply.objects.filter(pk__in=[abs(pk) for pk in acknowledged[-20:]], erased=False):
        assert reply.text.startswith("word")  # and it opens
    ledger.catch_up()
    lines = ledger.file().read_bytes().count(b"\n")
    return {"lost": len(lost), "damaged": not whole, "without a line": max(0, Erasure.objects.count() - lines)}


def forked(run, *arguments) -> tuple[int, int]:
    """A process of its own, and where it says something."""
    mine, its = os.pipe()
    process = os.fork()
    if process:
        os.close(its)
        return process, mine
    try:
        os.close(mine)
        said = run(*arguments, its) if run is write else run(*arguments)
        os.write(its, json.dumps(said).encode())
    finally:
        os._exit(0)


def heard(process: int, mine: int) -> bytes:
    said = b""
    while piece := os.read(mine, 65536):
        said += piece
    os.close(mine)
    os.waitpid(process, 0)
    return said


def main(folder: Path, synchronous: str, cuts: int, words: int) -> dict[str, int]:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "weft.settings", "WEFT_DATA": str(folder / "disk")}
    django.setup()
    from django.conf import settings

    how = settings.DATABASES["default"]["OPTIONS"]
    assert "synchronous=FULL" in how["init_command"]
    how["init_command"] = how["init_command"].replace("synchronous=FULL", f"synchronous={synchronous}")
    acknowledged: list[int] = []
    came = {"cuts": cuts, "acknowledged": 0, "lost": 0, "damaged": 0, "without a line": 0}
    for cut in range(cuts):
        disk = Mounted(folder / "house", folder / "disk", seed=cut)
        try:
            writers = [forked(write, number) for number in range(WRITERS)]
            acknowledged += [int(line) for line in written(disk, writers, words)]
            disk = Mounted(folder / "house", folder / "disk", seed=cut)
            seen = json.loads(heard(*forked(see, acknowledged)))
            disk.cut()
        finally:
            disk.unmount()
        came["acknowledged"] = len(acknowledged)
        for name, count in seen.items():
            came[name] += int(count)
        acknowledged = acknowledged if not seen["lost"] else []  # what is lost once is counted once
    return came


def written(disk: Mounted, writers: list[tuple[int, int]], words: int) -> list[bytes]:
    """What was acknowledged until the power was cut."""
    said = dict.fromkeys((mine for _process, mine in writers), b"")
    while sum(part.count(b"\n") for part in said.values()) < words:
        for mine in select.select(list(said), [], [], 60)[0]:
            piece = os.read(mine, 65536)
            assert piece, "a writer stopped by itself"
            said[mine] += piece
    disk.cut()
    for process, mine in writers:
        os.kill(process, signal.SIGKILL)
        said[mine] += heard(process, mine)
    return [line for part in said.values() for line in part.rpartition(b"\n")[0].split(b"\n") if line]


if __name__ == "__main__":
    place, how, many, each = sys.argv[1:]
    print(json.dumps(main(Path(place), how, int(many), int(each))))
