"""What every page has at hand for a hard moment: numbers of the right country, and the house's own people."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from weft.circles.models import House
from weft.safety.models import Desk, HelpLine


class AtHand:
    """Asks the database only for what a page really shows."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def countries(self) -> dict[str, str]:
        return HelpLine.countries()

    @cached_property
    def house_country(self) -> str:
        house = House.here()
        return house.country if house else ""

    @cached_property
    def country(self) -> str:
        """The one asked for, else the house's, else the one that the browser's languages name, else none."""
        wished = [self.request.GET.get("country", "").upper(), self.house_country, *_regions(self.request)]
        return next((code for code in wished if code in self.countries), "")

    @cached_property
    def lines(self) -> list[HelpLine]:
        return HelpLine.of(self.country) if self.country else []

    @cached_property
    def desk(self) -> Desk | None:
        return Desk.here()


def _regions(request: HttpRequest) -> list[str]:
    asked = request.headers.get("Accept-Language", "").replace(";", ",").split(",")
    return [said.strip().rsplit("-", 1)[1].upper() for said in asked if "-" in said]


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"at_hand": AtHand(request)}
