from django.forms import Field
from django.urls import register_converter
from django.utils.translation import gettext_lazy as _

from weft.loom.ids import KeyConverter
from weft.loom.section import Section


class Loom(Section):
    name = "weft.loom"

    def ready(self) -> None:
        from weft.loom import languages

        languages.read_here()
        register_converter(KeyConverter, "key")
        Field.default_error_messages["required"] = _("Please fill this in.")

    def tidy(self) -> None:
        from weft.loom import ledger

        ledger.add_missing()
        ledger.wipe()
