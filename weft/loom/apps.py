from collections.abc import Callable

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

    def checks(self) -> dict[str, Callable[[], str | None]]:
        from weft.loom import jobs, ledger
        from weft.loom.ailing import Mend

        def waiting() -> str | None:
            if many := jobs.stuck():
                raise Mend(
                    f"{many} of them failed again and again.", "The terminal of the house says why. They are tried on."
                )
            return None

        def erasures() -> str | None:
            if missing := ledger.missing():
                raise Mend(
                    f"{missing} erasures are not in the ledger yet.",
                    "See that the disk has room. The house adds them at night, and when it starts.",
                )
            return None

        return {"Jobs": waiting, "Ledger of erasures": erasures}

    def tidy(self) -> None:
        from weft.loom import ledger

        ledger.add_missing()
        ledger.wipe()
