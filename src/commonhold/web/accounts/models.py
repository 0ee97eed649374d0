"""Users, and the agents that they are. The e-mail address is the login; there are no user names."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class UserManager(BaseUserManager):
    """Makes and finds users."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new user; without a password, one who cannot log in with a password. For Django's shell and for tests: pages go through allauth."""
        user: User = self.model(email=_normal(email), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The user who logs in with this address, in whatever case it is written."""
        found: User = self.get(email=_normal(username or ""))
        return found


def _normal(email: str) -> str:
    return email.strip().lower()


class User(AbstractBaseUser):
    """Somebody who can log in. What they may do in a commons follows from the agents that they are, and from nothing here."""

    email = models.EmailField(max_length=254, unique=True)
    is_active = models.BooleanField(default=True)
    joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        """What the database enforces."""

        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case")]


class Membership(models.Model):
    """A user is an agent of a commons, or is just becoming one: who joins stands here before the journal knows of it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    commons = models.CharField(max_length=41)
    agent = models.CharField(max_length=120)
    made = models.DateTimeField(auto_now_add=True)

    class Meta:
        """What the database enforces."""

        constraints = [
            models.UniqueConstraint(fields=["commons", "agent"], name="one_user_for_an_agent"),
            models.UniqueConstraint(fields=["user", "commons"], name="one_agent_in_a_commons"),
        ]

    def __str__(self) -> str:
        return f"{self.agent} in {self.commons}"


class Invitation(models.Model):
    """Somebody may sign up, once. The secret itself is in the link alone.

    Attributes:
        used: When an account was made with it. user: That account, until it is erased.
    """

    digest = models.CharField(max_length=64, unique=True)
    commons = models.CharField(max_length=41, blank=True)
    by = models.CharField(max_length=120, blank=True)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="invitations")

    def __str__(self) -> str:
        return f"an invitation to {self.commons or 'this node'}"


from .job_models import Job, JobFile, Worker  # noqa: E402 - Django looks for models in this module
from .letter_models import Letter, Reader, Scan, Told, Wish  # noqa: E402

__all__ = ["Invitation", "Job", "JobFile", "Letter", "Membership", "Reader", "Scan", "Told", "User", "UserManager", "Wish", "Worker"]
