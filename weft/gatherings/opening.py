"""Whether somebody may open a gathering and guide it: asked by the hour and its room, answered in plain words."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from weft.circles.models import Credential, Persona
from weft.gatherings.models.gathering import LONGEST, Gathering
from weft.gatherings.models.series import Guide
from weft.gatherings.models.shift import Shift
from weft.gatherings.models.training import Training
from weft.loom import text, time


def reasons_against(gathering: Gathering, persona: Persona, *, opens: bool = True) -> list[str]:
    """Why this persona may not open this gathering now, or else guide it while it goes on. Nothing: they may."""
    if not _guides(gathering, persona):
        return [_("You do not guide this hour.")]
    series = gathering.series
    now = time.now()
    # An hour that goes on over midnight is not taken from whoever holds it.
    goes_on = not opens and timedelta(0) <= now - gathering.starts <= LONGEST
    day = (gathering.starts if goes_on else now).astimezone(ZoneInfo(series.zone)).date()
    credential = Credential.checked_of(persona).get(persona.pk)
    if credential and credential.holds(day):
        return []
    if series.needs_credential:
        if credential:
            said = _("Your credential ended on %(day)s. When a new one is checked, you can open this hour.")
            return [said % {"day": text.day(credential.valid_until)}]
        return [_("This hour needs somebody whose credential was checked. Yours has not been checked yet.")]
    if not series.needs_training:
        return []
    training = Training.signed_of(persona).get(persona.pk)
    if training and training.holds(day):
        return []
    if training and training.valid_until:
        said = _("Your training as a host ended on %(day)s. When it is signed off anew, you can open this hour.")
        return [said % {"day": text.day(training.valid_until)}]
    return [_("Your training as a host is not signed off yet. When it is, you can open this hour.")]


def _guides(gathering: Gathering, persona: Persona) -> bool:
    """Whether the hour is this persona's to hold: the circle's facilitators, whoever has its shift, or its series."""
    if persona.circle_id != gathering.circle_id or not persona.may_write:
        return False
    return (
        persona.facilitates
        or Shift.objects.filter(gathering=gathering, persona=persona).exists()
        or Guide.objects.filter(series=gathering.series_id, persona=persona).exists()
    )
