from weft.loom.section import Section


class Circles(Section):
    name = "weft.circles"
