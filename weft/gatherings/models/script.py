"""A script: the plan of an hour, kept in order to be used again."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from weft.circles.models import CircleRow, Persona
from weft.loom import seal


class ScriptQuerySet(models.QuerySet["Script"]):
    def open_to(self, persona: Persona) -> Self:
        """Those of this circle, and those that other circles share with all who guide in the house."""
        return self.filter(Q(circle=persona.circle_id) | Q(is_shared=True))


class Script(CircleRow):
    """The plan of an hour. It says nothing of who wrote it."""

    name = seal.SealedText()
    plan = seal.SealedJSON()
    is_shared = models.BooleanField(default=False)  # with all who guide in the house

    objects = models.Manager.from_queryset(ScriptQuerySet)()

    def __str__(self) -> str:
        return "a script"

    @classmethod
    def keep(cls, name: str, plan: dict[str, Any], *, is_shared: bool, by: Persona) -> "Script":
        """Keep a plan under a name. The same name in the same circle is the same script."""
        if not by.facilitates:
            raise PermissionError("only who guides keeps scripts")
        found = next((one for one in cls.objects.filter(circle=by.circle_id) if one.name == name), None)
        script = found or cls(circle_id=by.circle_id, name=name)
        script.plan, script.is_shared = plan, is_shared
        script.save()
        return script
