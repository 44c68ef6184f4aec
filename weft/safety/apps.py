from weft.loom.section import Section


class Safety(Section):
    name = "weft.safety"
