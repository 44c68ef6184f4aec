from django.utils.translation import gettext_lazy as _

from weft.loom.section import Door, Section


class Demo(Section):
    default = True
    name = "weft.home.demo"

    def doors(self) -> list[Door]:
        return [Door("demo:people", _("This is an example house"), place="foot")]
