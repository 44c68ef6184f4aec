"""See that a house stands well: each line says what was looked at, and how to mend what is wrong."""

import argparse
import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from weft.commands import backup, ground
from weft.commands.trouble import Trouble, plainly

ROOM = 500_000_000  # bytes that a disk should have left
MADE = datetime(2026, 11, 1, tzinfo=UTC).timestamp()  # no clock is right that says less
DAYS_LEFT = 14
BACKUP_DAYS = 7


def options(parser: argparse.ArgumentParser) -> None:
    ground.folder_option(parser)
    parser.add_argument(
        "--copy", type=Path, metavar="FILE", help="see that this copy of the house key is the right one"
    )


def run(asked: argparse.Namespace) -> int:
    data = ground.folder(asked.data)
    ground.must_stand(data)
    found = Findings()
    if not (found.look("Folder", lambda: _folder(data)) and found.look("Settings and key", lambda: _settings(data))):
        return 1  # nothing more can be seen without them
    from django.db import connection

    from weft.loom.section import sections

    found.look("Disk", lambda: _disk(data))
    found.look("Clock", lambda: _clock(data))
    found.look("Address", _address)
    found.look("Certificate", _certificate)
    if found.look("Database", _database) and found.look("Tables", _tables):
        found.look("SQLite" if connection.vendor == "sqlite" else "PostgreSQL", _engine)
        found.look("Key", lambda: _key(data, asked.copy))
        found.look("Days", _days)
        found.look("Backups", lambda: _backups(data))
        for section in sections():
            for name, look in section.checks().items():
                found.look(name, look)
        found.look("Search", _search)
        found.look("Mail", _mail)
        found.look("Numbers for help", _numbers)
    return 1 if found.wrong else 0


class Findings:
    """What was seen so far, said as it is seen."""

    def __init__(self) -> None:
        self.wrong = 0

    def look(self, name: str, look: Callable[[], str | None]) -> bool:
        """Look, and say what was seen. True if it is well."""
        from weft.loom.ailing import Mend

        try:
            with plainly():
                try:
                    seen = look()
                except Mend as mend:
                    raise Trouble(mend.what, mend.mend) from None
        except Trouble as trouble:
            self.wrong += 1
            print(f"MEND  {name}: {trouble.what}")
            if trouble.mend:
                print(f"      {trouble.mend}", flush=True)
            return False
        print(f"ok    {name}{f': {seen}' if seen else ''}", flush=True)
        return True


def _folder(data: Path) -> str | None:
    if data.stat().st_mode & 0o077:
        raise Trouble(f"Others on this machine can look into {ground.shown(data)}.", f"Run: chmod 700 {data}")
    if not os.access(data, os.W_OK):
        raise Trouble(f"{ground.shown(data)} cannot be written.", "Run this as the owner of that folder.")
    return None


def _settings(data: Path) -> str | None:
    ground.wake()
    key = data / "house.key"
    if key.exists() and key.stat().st_mode & 0o077:
        raise Trouble(f"Others can read {ground.shown(key)}.", f"Run: chmod 600 {key}")
    return None


def _database() -> str | None:
    from django.db import connection, transaction

    from weft.loom.models import DataKey

    with transaction.atomic():
        if DataKey._meta.db_table not in connection.introspection.table_names():
            raise Trouble("It is empty.", "“weft start” or “weft serve” makes its tables.")
        DataKey(scope="check", wrapped=b"").save(force_insert=True)  # it is writable, and this is never kept
        transaction.set_rollback(True)
    return None


def _tables() -> str | None:
    from weft.loom import keys
    from weft.loom.models import DataKey

    ground.must_be_up_to_date()
    for row in DataKey.objects.all():
        keys.unwrap(bytes(row.wrapped), row.scope)
    return None


def _engine() -> str | None:
    """What the database promises about words that were acknowledged: they survive a power cut."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
            for name, value in wanted.items():
                cursor.execute(f"PRAGMA {name}")
                seen = cursor.fetchone()[0]
                if seen != value:
                    raise Trouble(
                        f"{name} is {seen}, not {value}.",
                        "Is the folder on a network disk? SQLite needs a disk of this machine.",
                    )
            cursor.execute("PRAGMA quick_check(1)")
            seen = cursor.fetchone()[0]
            if seen != "ok":
                raise Trouble(f"The file is damaged: {seen}.", "Stop the house and put back the last backup.")
            return "write-ahead log, every word on disk before it is acknowledged"
        cursor.execute("SELECT current_setting('server_version_num')::int")
        if cursor.fetchone()[0] < 140000:
            raise Trouble("PostgreSQL is older than 14.", "Bring it up to date.")
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            cursor.execute("SELECT current_setting(%s)", [name])
            seen = cursor.fetchone()[0]
            if seen == "off":
                raise Trouble(f"{name} is off: a power cut would lose words.", f"Set {name} = on in postgresql.conf.")
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        if abs(float(cursor.fetchone()[0]) - time.time()) > 5:
            raise Trouble("Its clock differs from this machine's.", "Let both keep time by NTP.")
    return "every word on disk before it is acknowledged"


def _disk(data: Path) -> str | None:
    free = shutil.disk_usage(data).free
    if free < ROOM:
        raise Trouble(f"Only {free // 1_000_000} MB are free.", "Make room: a full disk stops the house.")
    probe = data / ".probe"
    try:
        with probe.open("wb") as file:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Trouble(f"Nothing can be written: {error.strerror}.", "Make room, or mount it writable again.") from None
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()
    return f"{free / 1e9:.0f} GB free"


def _key(data: Path, copy: Path | None) -> str | None:
    """Whether it is alone in force, away from the backups, and whether a copy of it is the right one."""
    from django.conf import settings

    from weft.loom import keys
    from weft.loom.models import DataKey

    mark = keys.mark(settings.HOUSE_KEY.newest)
    if len(settings.HOUSE_KEY.lines) > 1 or any(row.mark != mark for row in DataKey.objects.all()):
        raise Trouble("A change of the key was begun, and is not done.", "Run: weft rotate-key")
    file, last = ground.key_file(data), backup.last(data)
    if file and last and [near for near in last.parent.glob("*") if near.name.startswith(file.name)]:
        raise Trouble(
            f"A key lies beside the backups, in {last.parent}.", "Whoever takes that folder has both. Move it."
        )
    if copy and mark not in map(keys.mark, keys.read_file(copy)):
        raise Trouble(f"{copy} is not the key that is in force.", "Make a new copy, in another place than the backups.")
    older = f"; {len(keys.older(file))} older ones are kept for old backups" if file and keys.older(file) else ""
    said = "the copy is right" if copy else "“weft check --copy FILE” looks at a copy"
    return f"its mark is {mark.hex()}; {said}{older}"


def _days() -> str | None:
    """A clock that went back by a day or more: the house has written days that have not come yet."""
    from django.db.models import Max

    from weft.circles.models import Circle
    from weft.loom.time import today
    from weft.people.models import Device, Person

    days = [
        Person.objects.aggregate(day=Max("joined_on"))["day"],
        Circle.objects.aggregate(day=Max("opened_on"))["day"],
        Device.objects.aggregate(day=Max("since"))["day"],
    ]
    newest = max(filter(None, days), default=today())
    if newest > today():
        raise Trouble(
            f"The house has written on {newest}, and the clock says {today()}.",
            "Set the clock. Whoever signed in by a code app waits until then.",
        )
    return None


def _backups(data: Path) -> str | None:
    from weft.circles.models import House
    from weft.loom.backup.archive import look_through

    file = backup.last(data)
    if file is None or not file.exists():
        if House.here() is None:
            return "none yet, and nothing to keep"
        raise Trouble("There is none." if file is None else f"{file} is gone.", "Run: weft backup. Better every night.")
    from weft.loom import keys

    key = ground.key_file(data)
    label = look_through(file, [one for path in (keys.older(key) if key else []) for one in keys.read_file(path)])
    days = (datetime.now(UTC) - label.made_at).days
    if days > BACKUP_DAYS:
        raise Trouble(f"The newest is {days} days old.", "Run: weft backup. Better every night, by cron or a timer.")
    return f"{ground.shown(file)} is whole, the key opens it, and it is {days} days old"


def _clock(data: Path) -> str | None:
    now = time.time()
    newest = max((path.stat().st_mtime for path in data.glob("*")), default=0)
    if now < MADE or now < newest - 60:
        raise Trouble(
            f"It says {datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M} UTC, which cannot be.",
            "Set it, and let the machine keep time by NTP. Second steps at sign-in depend on it.",
        )
    asked = shutil.which("timedatectl")
    if asked:
        said = subprocess.run(  # noqa: S603
            [asked, "show", "--property=NTPSynchronized", "--value"], capture_output=True, text=True, check=False
        )
        if said.stdout.strip() == "no":
            raise Trouble("Nothing keeps it right.", "Run: timedatectl set-ntp true")
    return None


def _address() -> str | None:
    from django.conf import settings

    address, host = settings.ADDRESS, settings.HOST
    if ground.local(host.rsplit(":", 1)[0].strip("[]")):
        return f"{address}, so only this computer reaches it"
    if not settings.SECURE and not host.endswith(".onion"):
        raise Trouble(
            f"People would type {address}, and what they write would travel in the open.",
            "Set WEFT_ADDRESS=https://… and give a certificate, or put a front server before it.",
        )
    if settings.SECURE and not os.environ.get("WEFT_CERTFILE") and not getattr(settings, "SECURE_PROXY_SSL_HEADER", 0):
        raise Trouble(
            f"{address} needs TLS, and nothing here says who speaks it.",
            "Set WEFT_BEHIND_PROXY=1, or WEFT_CERTFILE and WEFT_KEYFILE.",
        )
    return str(address)


def _certificate() -> str | None:
    file = os.environ.get("WEFT_CERTFILE")
    if not file:
        return "none here; a front server has it, or only this computer reaches the house"
    from cryptography import x509

    try:
        ends = x509.load_pem_x509_certificate(Path(file).read_bytes()).not_valid_after_utc
    except ValueError:
        raise Trouble(f"{file} is not a certificate.", "It must be a PEM file, the house's own first.") from None
    days = (ends - datetime.now(UTC)).days
    if days < DAYS_LEFT:
        raise Trouble(f"It ends on {ends:%Y-%m-%d}.", "Renew it, then restart the house.")
    return f"good for {days} days"


def _search() -> str | None:
    from weft.stories import indexing

    if not indexing.Indexing.here().whole:
        raise Trouble("Some stories cannot be found yet.", "The house sees to it while it is open; or run: weft index")
    gaps = indexing.gaps()
    if gaps:
        raise Trouble(f"{gaps} of 200 stories and their replies cannot be found.", "Run: weft index --anew")
    return "all that can be read can be found"


def _mail() -> str | None:
    from django.conf import settings

    from weft.loom import mail
    from weft.notices.models import Mail

    waiting, failed = Mail.waiting()
    if settings.MAIL is None:
        if waiting:
            raise Trouble(f"{waiting} wait, and no mail server is named.", "Set WEFT_MAIL (docs/mail.md).")
        return "none is sent; docs/mail.md says how"
    try:
        mail.reach(settings.MAIL, settings.MAIL_FROM[1])
    except mail.Away as away:
        raise Trouble(
            f"{settings.MAIL.host} port {settings.MAIL.port}: {away}. {waiting} wait.",
            f"{away.mend or 'See that WEFT_MAIL and WEFT_MAIL_FROM are right.'} Nothing is lost meanwhile.",
        ) from None
    return f"the mail server takes mail; {waiting} wait, {failed} of them after a failure"


def _numbers() -> str | None:
    from weft.circles.models import House
    from weft.safety.models import HelpLine

    house = House.here()
    if house is None:
        return "the house is not set up yet; “weft setup-link” makes a link"
    old = len(HelpLine.to_check(house.country))
    if old:
        raise Trouble(
            f"{old} of them were never confirmed, or not for half a year.",
            "A steward rings each of them and confirms it, under “Numbers”.",
        )
    return None
