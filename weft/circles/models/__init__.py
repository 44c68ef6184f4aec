"""Circles and the personas in them. Whoever is not in a circle cannot tell who is."""

from weft.circles.models.bar import Bar, Barred, VisitBar
from weft.circles.models.circle import Agreement, Circle, CircleRow
from weft.circles.models.credential import Credential
from weft.circles.models.house import House
from weft.circles.models.invitation import Invitation
from weft.circles.models.persona import Acceptance, Crowd, NameTaken, Persona

__all__ = [
    "Acceptance",
    "Agreement",
    "Bar",
    "Barred",
    "Circle",
    "CircleRow",
    "Credential",
    "Crowd",
    "House",
    "Invitation",
    "NameTaken",
    "Persona",
    "VisitBar",
]
