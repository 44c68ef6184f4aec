from django.forms import Field
from django.urls import register_converter
from django.utils.translation import gettext_lazy as _

from weft.loom.ids import KeyConverter
from weft.loom.section import Section


class Loom(Section):
    name = "weft.loom"

    def ready(self) -> None:
        register_converter(KeyConverter, "key")
        Field.default_error_messages["required"] = _("Please fill this in.")
