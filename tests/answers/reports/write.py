"""Keep the page models of today: ``python -m tests.answers.reports.write``."""

from __future__ import annotations

from tests.answers.reports.models import FOLDER, REQUESTS, file_of, model_of

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in REQUESTS:
        file_of(name).write_text(model_of(name))
