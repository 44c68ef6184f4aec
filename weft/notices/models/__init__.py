"""What somebody is told, how they want it, and what is on its way out of the house."""

from weft.notices.models.choices import Choices
from weft.notices.models.mail import Mail
from weft.notices.models.notice import Mark, Notice
from weft.notices.models.push import Push, Subscription

__all__ = ["Choices", "Mail", "Mark", "Notice", "Push", "Subscription"]
