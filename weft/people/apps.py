from weft.loom.section import Section


class People(Section):
    name = "weft.people"
