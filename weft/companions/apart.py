"""Who is apart from one who guides. Whoever guides sees everybody, so it is asked from the other side."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Exists

from weft.circles.models import Persona
from weft.safety.models import Block


def there(wanted: set[int], guides: list[Persona]) -> "models.QuerySet[Any]":
    """These personas, and with each whether one of those who guide is on either side of any block."""
    sides = Block.objects.of(*guides)
    fields = ("circle_id", "name", "since", "role", "standing", "owner_tag")
    return Persona.objects.filter(pk__in=wanted).only(*fields).annotate(any_block=Exists(sides))


def apart_from(there: Iterable[Any], guides: list[Persona]) -> set[int]:
    """Those of them who are apart from one who guides. Asked only where there is a block at all."""
    if not any(one.any_block for one in there):
        return set()
    apart = {side.hidden[0] for side in Block.objects.of(*guides)}
    return {one.pk for one in there if bytes(one.owner_tag).hex() in apart}
