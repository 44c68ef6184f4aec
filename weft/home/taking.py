"""All that the house keeps of a person, as two files in one: for machines, and to be read."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import get_template

from weft.loom.section import sections
from weft.loom.time import today
from weft.people.models import Person


def things_of(person: Person) -> dict[str, Any]:
    """What each section keeps of this person, as plain data."""
    kept = {section.label: section.kept_of(person) for section in sections()}
    found: dict[str, Any] = json.loads(
        json.dumps({name: said for name, said in kept.items() if said}, cls=DjangoJSONEncoder)
    )
    return found


def packed(person: Person) -> bytes:
    """Both files. Their names say nothing, and neither do the times in the archive."""
    things = things_of(person)
    page = get_template("home/things.html").render({"things": things, "on": today()})
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
