"""What the house keeps so that people are safe in it."""

from weft.safety.models.block import Block
from weft.safety.models.concern import Concern, Look, Report, Step
from weft.safety.models.desk import Desk
from weft.safety.models.helpline import HelpLine
from weft.safety.models.history import History, UnveilingStep
from weft.safety.models.unveiling import Unveiling

__all__ = ["Block", "Concern", "Desk", "HelpLine", "History", "Look", "Report", "Step", "Unveiling", "UnveilingStep"]
