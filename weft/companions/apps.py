from weft.loom.section import Section


class Companions(Section):
    name = "weft.companions"
