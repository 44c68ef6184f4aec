"""What the frame itself keeps."""

from django.db import models

from weft.loom.ids import random_id


class Thing(models.Model):
    """A row under a random id."""

    id = models.BigIntegerField(primary_key=True, default=random_id, editable=False)

    class Meta:
        abstract = True


class DataKey(models.Model):
    """The secret of one scope, wrapped by the house key."""

    scope = models.CharField(max_length=40, primary_key=True)
    wrapped = models.BinaryField()
