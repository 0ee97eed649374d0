"""Django's settings for background work: tasks are rows beside the accounts, so nothing else has to run, and nothing is lost."""

from __future__ import annotations

from typing import Any

APPS = ["django_tasks", "django_tasks_db"]


def background_settings() -> dict[str, Any]:
    """Settings by name."""
    return {"TASKS": {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}}
