"""All that the house keeps of a person, as two files in one: for machines, and to be read."""

import json
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import get_template
from django.utils.translation import get_language, get_language_bidi

from weft.loom import text
from weft.loom.section import sections
from weft.loom.time import today
from weft.people.models import Person


def things_of(person: Person) -> dict[str, Any]:
    """What each section keeps of this person, as plain data."""
    found: dict[str, Any] = json.loads(json.dumps(_kept(person), cls=DjangoJSONEncoder))
    return found


def _kept(person: Person) -> dict[str, Any]:
    kept = {section.label: section.kept_of(person) for section in sections()}
    return {name: said for name, said in kept.items() if said}


def _readable(value: Any) -> Any:
    """The same with days and times as people say them."""
    if isinstance(value, dict):
        return {key: _readable(more) for key, more in value.items()}
    if isinstance(value, list | tuple | set):
        return [_readable(more) for more in value]
    if isinstance(value, datetime):
        return f"{text.day(value)}, {text.moment(value)}"
    return text.day(value) if isinstance(value, date) else value


def packed(person: Person) -> bytes:
    """Both files. Their names say nothing, and neither do the times in the archive."""
    things = things_of(person)
    said = {
        "things": _readable(_kept(person)),
        "on": today(),
        "lang": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
    }
    page = get_template("home/things.html").render(said)
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, words in (
            ("my-things.json", json.dumps(things, ensure_ascii=False, indent=2)),
            ("my-things.html", page),
        ):
            entry = ZipInfo(name)
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, words)
    return out.getvalue()
