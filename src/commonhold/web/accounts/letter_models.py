"""What members want to be told of by letter, what there is to tell, and what was sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Wish(models.Model):
    """How somebody wants to be told of a sort of thing in a commons: once (at once), daily, weekly, never. Without one: weekly."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="wishes")
    commons = models.CharField(max_length=41)
    sort = models.CharField(max_length=20)
    how = models.CharField(max_length=10)

    class Meta:
        """What the database enforces."""

        constraints = [models.UniqueConstraint(fields=["user", "commons", "sort"], name="one_wish_for_a_sort")]

    def __str__(self) -> str:
        return f"{self.sort} {self.how}"


class Reader(models.Model):
    """The language in which somebody reads letters."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reader")
    language = models.CharField(max_length=10)

    def __str__(self) -> str:
        return self.language


class Scan(models.Model):
    """How far the journal of a commons was looked through, and when its open questions were looked at last (unix seconds)."""

    commons = models.CharField(max_length=41, unique=True)
    position = models.BigIntegerField()
    looked = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.commons} {self.position}"


class Letter(models.Model):
    """A letter. It is written down before it is sent, so that it is sent once at most; `sent` is empty if nobody knows whether it was."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="letters")
    commons = models.CharField(max_length=41)
    how = models.CharField(max_length=10)
    made = models.BigIntegerField()
    sent = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.how} {self.made}"


class Told(models.Model):
    """Something that is to be told to somebody, once. made: when it was found, unix seconds. letter: the one that told it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="told")
    commons = models.CharField(max_length=41)
    sort = models.CharField(max_length=20)
    key = models.CharField(max_length=60)
    about = models.JSONField(default=dict)
    made = models.BigIntegerField()
    letter = models.ForeignKey(Letter, null=True, on_delete=models.CASCADE, related_name="told")

    class Meta:
        """What the database enforces, and how it is looked up."""

        constraints = [models.UniqueConstraint(fields=["user", "commons", "sort", "key"], name="told_once")]
        indexes = [models.Index(fields=["commons", "user"], condition=models.Q(letter=None), name="not_told_yet")]

    def __str__(self) -> str:
        return f"{self.sort} {self.key}"
