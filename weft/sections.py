"""The house, room by room. The order is the law: a section leans only on those above it."""

SECTIONS = [
    "loom",  # the frame: seal, streams, mail, time, text; knows no noun of the domain
    "people",  # Person, the door, settings
    "circles",  # Circle, Persona, roles, Agreement, Invitation
    "notices",  # the bell, mail, push, quiet hours
    "safety",  # help now, Block, Report
    "stories",  # Story, Reply, Echo, Topic, wish
    "companions",  # greeters
    "gatherings",  # Series, Gathering, Seat, the hour
    "wisdom",  # Lesson, Strand, Trial, Milestone: what one learned, for the next
    "care",  # Care, Need, Slot, Promise: help is asked for and given
    "voices",  # what is said to the world, under a third name
    "home",  # today, the circle's page, navigation, set-up, export, erasure
]
