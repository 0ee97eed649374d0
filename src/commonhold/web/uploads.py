"""Files that come with a form stay in memory, and a form with more than its forms can take is not read at all."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler

from ..contributions.evidence_files import FILE_BYTES_MAX, FILES_MAX

FORM_BYTES_MAX = FILES_MAX * FILE_BYTES_MAX + 1_000_000


class BoundedUploads(MemoryFileUploadHandler):
    """Keeps files in memory. Nothing is written to a disk before it is known who sends it, since every form is read before that."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None) -> None:  # noqa: N803
        """Look at how much there is, before any of it is read.

        Raises:
            RequestDataTooBig: Which becomes a page that says so.
        """
        if content_length > FORM_BYTES_MAX:
            raise RequestDataTooBig(f"A form has at most {FORM_BYTES_MAX} bytes.")
        self.activated = True
