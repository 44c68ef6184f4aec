from django.urls import register_converter

from weft.loom.ids import KeyConverter
from weft.loom.section import Section


class Loom(Section):
    name = "weft.loom"

    def ready(self) -> None:
        register_converter(KeyConverter, "key")
