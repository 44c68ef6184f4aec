"""`weft backup` and `weft restore`: the whole house comes back, and what was erased since does not."""

import io
import json
import shutil
import stat
import zipfile
from hashlib import sha256

import pytest

from weft.commands.tests.test_opening_a_house import OPENED
from weft.loom import keys

TOLD = f"""
from weft.loom import tables
tables.ready()
{OPENED.replace("import django", "").replace("django.setup()", "")}
from weft.conftest import enter, make_circle
from weft.people.models import Person
from weft.stories.models import Reply, Story
room = make_circle()
people = {{name: enter(Person.objects.join(name), room, name.title()) for name in ("ada", "ben", "cleo")}}
for name, by in people.items():
    for count in range(2):
        story = Story.begin(by)
        story.write(f"{{name}} tells {{count}}", wish="listen", audience="circle", topics=["loss"])
        story.share(by=by)
        for other in people.values():
            Reply.say(story, f"an answer to {{story.text}}", by=other)
"""
HEARD = """
from weft.stories.models import Reply, Story
print(sorted((s.text, s.teller.name if s.teller else "", s.taken_back) for s in Story.objects.all()))
print(sorted((r.text, r.by.name if r.by else "") for r in Reply.objects.all()))
"""
ROWS = """
from django.apps import apps
for model in apps.get_models(include_auto_created=True):
    if model.__name__ != "Device":
        rows = model.objects.values_list()
        values = [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in rows]
        print(model._meta.label, sorted(values, key=repr))
"""


@pytest.fixture
def told(inside, tmp_path):
    """A house in which something was told, closed again."""
    folder = tmp_path / "weft-data"
    folder.mkdir(mode=0o700)
    keys.make(folder / "house.key")
    inside(TOLD)
    return folder


def newest(folder):
    return sorted((folder / "backups").glob("*.backup"))[-1]


def empty(folder, database):
    """A database with nothing in it, as on a new machine; the key is there."""
    if not database:
        (folder / "house.sqlite3").unlink()
        return
    import psycopg

    with psycopg.connect(database) as server:
        server.execute("DROP SCHEMA public CASCADE")
        server.execute("CREATE SCHEMA public")


def test_every_row_comes_back(told, weft, inside, database):
    rows = inside(ROWS)
    assert "ada tells 0" in inside(HEARD)
    code, said, _complaint = weft("backup")
    assert code == 0
    assert "the house key with the mark" in said
    empty(told, database)
    code, said, complaint = weft("restore", str(newest(told)))
    assert (code, complaint) == (0, "")
    assert "The backup is whole" in said
    assert inside(ROWS) == rows
    assert inside(HEARD + "Story.objects.first().erase(); print(Story.objects.filter(erased=True).count())").endswith(
        "1"
    )


def test_a_backup_is_made_while_the_house_is_open_and_only_then(told, begin, weft, port, inside):
    house = begin("serve", "--port", port)
    assert house.home
    assert weft("backup")[0] == 0
    assert house.get() == 200
    file = newest(told)
    for path, mode in {file.parent: 0o700, file: 0o600, file.parent / "erasures": 0o600}.items():
        assert stat.S_IMODE(path.stat().st_mode) == mode
    assert sorted(path.name for path in file.parent.iterdir()) == ["erasures", file.name]  # nothing half-written
    code, _said, complaint = weft("restore", "--replace", str(file))
    assert code == 1
    assert "is open already" in complaint
    assert "ada tells 0" in inside(HEARD)


def test_a_backup_holds_no_key_and_says_which_it_needs(told, weft):
    key = (told / "house.key").read_bytes().strip()
    assert weft("backup")[0] == 0
    assert key not in newest(told).read_bytes()
    with zipfile.ZipFile(newest(told)) as archive:
        label = json.loads(archive.read("house.json"))["label"]
    assert label["tables"]["stories"]
    assert label["made"].startswith("20")
    assert len(label["keys"]) == 1


def test_only_the_newest_are_kept(told, weft):
    for day in range(1, 5):
        (told / "backups").mkdir(exist_ok=True)
        (told / "backups" / f"weft-2020-01-0{day}-030000.backup").touch()
    (told / "backups" / "mine.backup").touch()
    code, said, _complaint = weft("backup", "--keep", "3")
    assert code == 0
    assert "weft-2020-01-02-030000.backup was older" in said
    left = sorted(path.name for path in (told / "backups").glob("*.backup"))
    assert left[0] == "mine.backup"
    assert left[1:3] == ["weft-2020-01-03-030000.backup", "weft-2020-01-04-030000.backup"]
    assert len(left) == 4


def test_a_house_that_is_there_is_moved_aside(told, weft, inside, database):
    assert weft("backup", "then.backup")[0] == 0
    inside(
        HEARD + "Story.begin(Story.objects.first().teller).write('later', wish='listen', audience='circle', topics=[])"
    )
    code, _said, complaint = weft("restore", "then.backup")
    assert code == 1
    assert "There is a house here already" in complaint
    assert "later" in inside(HEARD)
    code, said, complaint = weft("restore", "--replace", "then.backup")
    assert (code, complaint) == (0, "")
    assert "later" not in inside(HEARD)
    if database:
        import psycopg

        with psycopg.connect(database) as server:
            (old,) = server.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before-%'").fetchone()
            server.execute("SELECT set_config('search_path', %s, false)", [f'"{old}"'])
            assert server.execute("SELECT count(*) FROM stories_story").fetchone() == (7,)
    else:
        (old,) = told.glob("before-*")
        (old / "house.key").write_bytes((told / "house.key").read_bytes())
        (old / "house.key").chmod(0o600)
        assert "later" in inside(HEARD, f"weft-data/{old.name}")
    assert "is kept" in said


def test_a_backup_that_was_harmed_replaces_nothing(told, weft, inside, tmp_path):
    assert weft("backup", "then.backup")[0] == 0
    whole = (tmp_path / "then.backup").read_bytes()
    middle = whole.index(b"peer")  # a circle's kind, in the middle of its row
    harmed = {
        "cut": whole[: len(whole) // 2],
        "turned": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "no backup": b"a shopping list",
        "signed by nobody": signed_by_nobody(tmp_path / "then.backup"),
    }
    for harm, said in harmed.items():
        (tmp_path / "harmed.backup").write_bytes(said)
        code, _said, complaint = weft("restore", "--replace", "harmed.backup")
        assert (harm, code) == (harm, 1)
        assert "damaged" in complaint
    code, _said, complaint = weft("restore", "--replace", "then.backup", WEFT_KEY="A" * 43 + "=")
    assert code == 1
    assert "does not open" in complaint
    assert "ada tells 0" in inside(HEARD)
    assert not list(told.glob("before-*"))


def signed_by_nobody(file):
    """A backup that is whole in itself, and was changed by somebody without the key."""
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        said = json.loads(old.read("house.json"))
        for name in old.namelist():
            if name != "house.json":
                part = old.read(name).replace(b"peer", b"rows")
                said["label"]["contents"][name] = sha256(part).hexdigest()
                new.writestr(name, part)
        new.writestr("house.json", json.dumps(said))
    return out.getvalue()


def test_a_restore_that_fails_at_the_last_step_leaves_the_house_as_it_was(told, weft, inside, tmp_path):
    assert weft("backup", "then.backup")[0] == 0
    rows = inside(ROWS)
    (told / "erasures").write_bytes(b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.\n")
    code, _said, complaint = weft("restore", "--replace", "then.backup")
    assert code == 1
    assert "ledger of another house, or damaged" in complaint
    (told / "erasures").write_bytes(b"")
    assert inside(ROWS) == rows
    assert sorted(path.name for path in told.glob("*restoring*")) == []


def test_a_new_machine_needs_the_key_and_the_ledger(told, weft, inside, tmp_path, database):
    assert weft("backup", "then.backup")[0] == 0
    inside(HEARD + "[s.erase() for s in Story.objects.all() if s.text == 'ben tells 1']")
    shutil.copy(told / "erasures", tmp_path / "ledger")
    shutil.copy(told / "house.key", tmp_path / "copy.key")
    empty(told, database)
    shutil.rmtree(told)
    (tmp_path / "then.backup.erasures").unlink()
    code, _said, complaint = weft("restore", "then.backup")
    assert code == 1
    assert "--key FILE" in complaint
    code, _said, complaint = weft("restore", "then.backup", "--key", "copy.key")
    assert code == 1
    assert "--ledger FILE" in complaint
    code, said, complaint = weft("restore", "then.backup", "--key", "copy.key", "--ledger", "ledger")
    assert (code, complaint) == (0, "")
    assert "Erased again: 1" in said
    heard = inside(HEARD)
    assert "ben tells 0" in heard
    assert "'ben tells 1'" not in heard
