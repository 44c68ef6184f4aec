from weft.loom.section import Section


class Home(Section):
    name = "weft.home"
