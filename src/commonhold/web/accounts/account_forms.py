"""Forms of allauth that behave otherwise here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmEmailVerificationCodeForm


class Code(ConfirmEmailVerificationCodeForm):
    """The code that came by letter. Where the account has gone meanwhile (its invitation was used again), no code is right."""

    def clean_code(self) -> Any:
        if self.user is None:
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_code()
