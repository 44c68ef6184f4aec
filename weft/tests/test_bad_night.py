"""A full or read-only disk, a lock, a damaged file, a clock that jumps: clear words, and nothing is lost."""

import contextlib
import sqlite3
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from weft.conftest import PASSPHRASE
from weft.stories.models import Reply, Story
from weft.tests.storm.disk import Mounted, why_not
from weft.tests.storm.served import THERE, Served, answer

WORDS = "I set the table for two again, and did not notice until the kettle boiled."


@pytest.fixture
def room(tmp_path):
    """A house that is served from a disk which does what it is told."""
    if connection.vendor != "sqlite":
        pytest.skip("on PostgreSQL it is the server's disk that fills")
    if why_not():
        pytest.skip(why_not())
    house = Served(tmp_path / "house")
    house.fill()
    disk = Mounted(tmp_path / "house", tmp_path / "disk")
    house.environment["WEFT_DATA"] = str(disk.at)
    try:
        yield house, disk
    finally:
        house.kill()
        disk.unmount()


def send(house, cookie, words):
    import http.client

    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", int(house.port), timeout=60)) as line:
        return answer(line, house.story, cookie, words)


@pytest.mark.slow
def test_a_disk_that_cannot_be_written_is_said_and_the_house_goes_on_by_itself(room):
    house, disk = room
    house.open()
    ada, ben = house.cookies[:2]
    assert send(house, ada, "before it was full") == 302
    for how in ("full", "readonly"):
        disk.order(how)
        assert send(house, ada, f"while it was {how}") == 503
        status, page = house.get(house.story, ben)
        assert status == 200
        assert "before it was full" in page
        assert f"while it was {how}" not in page
        code = house.weft("check")
        assert code.returncode == 1
        assert "MEND" in code.stdout
        assert "Traceback" not in code.stderr
        disk.order("well")
        assert send(house, ada, f"after it was {how}") == 302
    there = house.ask(THERE)
    for words in ("before it was full", "after it was full", "after it was readonly"):
        assert words in there
    assert "while it was" not in there
    assert house.ask("import sqlite3, os; c = sqlite3.connect(os.environ['WEFT_DATA'] + '/house.sqlite3'); "
                     "print(c.execute('PRAGMA integrity_check').fetchone()[0])").strip() == "ok"  # fmt: skip


@pytest.mark.django_db(transaction=True)
class TestALock:
    @pytest.fixture
    def told(self, ada, cleo):
        story = Story.begin(ada)
        story.write("The first Sunday.", wish="ideas", audience="circle", topics=[])
        story.share(by=ada)
        return story

    def test_a_database_that_stays_locked_gives_the_words_back(self, told, cleo, sign_in):
        if connection.vendor != "sqlite":
            pytest.skip("on PostgreSQL two who answer do not wait for each other")
        browser = sign_in(cleo)
        browser.raise_request_exception = False
        address = reverse("stories:replies", kwargs={"key": told.circle_id, "story_key": told.pk})
        connection.cursor().execute("PRAGMA busy_timeout = 100")
        with contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            page = browser.post(address, {"text": WORDS, "once": "1"}, headers={"origin": "http://testserver"})
            assert page.status_code == 503
            assert "Many people are writing at once" in page.content.decode()
            assert WORDS in page.content.decode()
            assert page["Retry-After"] == "60"
            other.execute("ROLLBACK")
        assert browser.post(address, {"text": WORDS, "once": "1"}).status_code == 302
        assert Reply.objects.count() == 1
        connection.close()  # with the short patience

    def test_a_database_that_is_away_is_said(self, told, cleo, sign_in, monkeypatch):
        browser = sign_in(cleo)
        browser.raise_request_exception = False

        def away(*_said, **_how):
            raise OperationalError("the connection is lost")

        monkeypatch.setattr(Story, "heard", away)
        page = browser.get(told.get_absolute_url())
        assert page.status_code == 503
        assert "cannot open its books" in page.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=-1), timedelta(minutes=-20), timedelta(days=40)])
def test_a_clock_that_jumps_loses_nothing(ada, cleo, sign_in, monkeypatch, jump):
    story = Story.begin(ada)
    story.write("The first Sunday.", wish="ideas", audience="circle", topics=[])
    story.share(by=ada)
    address = reverse("stories:replies", kwargs={"key": story.circle_id, "story_key": story.pk})
    browser = sign_in(cleo)
    assert browser.post(address, {"text": "the first thing", "once": "1"}).status_code == 302
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + jump)
    assert browser.post(address, {"text": "the second thing", "once": "2"}).status_code == 302
    page = browser.get(story.get_absolute_url()).content.decode()
    assert page.index("the first thing") < page.index("the second thing")  # in the order in which they were said
    assert browser.get("/settings/").status_code == 200
    fresh = Client()
    fresh.post(reverse("people:door"), {"name": "cleo", "passphrase": PASSPHRASE})
    assert fresh.get("/settings/").status_code == 200


@pytest.mark.slow
def test_a_damaged_database_is_said_and_a_backup_mends_it(tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its files by itself")
    house = Served(tmp_path / "house")
    house.fill()
    before = house.ask(THERE)
    assert house.weft("backup", str(tmp_path / "then.backup")).returncode == 0
    file = house.folder / "house.sqlite3"
    whole = file.read_bytes()
    for harm in (whole[: len(whole) // 3], b"no database at all" * 1000):
        file.write_bytes(harm)
        for command in (["check"], ["serve"], ["backup"]):
            done = house.weft(*command)
            assert done.returncode == 1
            assert "Traceback" not in done.stderr
            assert "damaged" in done.stdout + done.stderr
            assert "restore" in done.stdout + done.stderr or command == ["backup"]
        done = house.weft("restore", "--replace", str(tmp_path / "then.backup"))
        assert (done.returncode, done.stderr) == (0, "")
        assert house.ask(THERE) == before
    assert len(list(house.folder.glob("before-*"))) >= 1


def test_only_what_ails_the_house_is_taken_for_it():
    from weft.loom.ailing import AWAY, BUSY, FULL, what

    assert what(OSError(28, "No space left on device")) == FULL
    assert what(OperationalError("database or disk is full")) == FULL
    assert what(OperationalError("attempt to write a readonly database")) == FULL
    assert what(OperationalError("database is locked")) == BUSY
    assert what(OperationalError("server closed the connection unexpectedly")) == AWAY
    assert what(ValueError("disk is full")) == ""
    assert what(OSError(2, "No such file")) == ""
    assert what(None) == ""
    wrapped = RuntimeError("while it was saved")
    wrapped.__cause__ = OSError(30, "Read-only file system")
    assert what(wrapped) == FULL
