"""Background work: what was asked for, how far it is, and which programs are there to do it."""

from __future__ import annotations

from django.db import models


class Job(models.Model):
    """A piece of background work of a commons.

    Attributes:
        by: The steward who asked for it. given: What the kind of work needs besides the files.
        state: waiting, running, done, failed, cancelled. done, of: How far it is; `of` is 0 where nobody knows how much it is.
        said: What came of it. problems: Why it failed, each with code, field and message.
        wanted_end: Somebody has cancelled it. attempts: How often it was begun.
    """

    commons = models.CharField(max_length=41)
    by = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    label = models.CharField(max_length=100, blank=True)
    given = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="waiting")
    done = models.BigIntegerField(default=0)
    of = models.BigIntegerField(default=0)
    said = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    wanted_end = models.BooleanField(default=False)
    attempts = models.IntegerField(default=0)
    made = models.DateTimeField(auto_now_add=True)
    begun = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)

    class Meta:
        """How it is looked up."""

        indexes = [models.Index(fields=["commons", "-id"], name="job_of_commons")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} of {self.commons}"


class JobFile(models.Model):
    """A file that a piece of work reads. It is kept until the work has ended."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=20)
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.name} of {self.job_id}"


class Worker(models.Model):
    """A program that does background work, and when it last said that it lives. The name has its host and its process in it."""

    name = models.CharField(max_length=64, unique=True)
    beat = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
