from weft.loom.section import Section


class Stories(Section):
    name = "weft.stories"
