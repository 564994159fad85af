"""The documentation page works without another host."""

from __future__ import annotations

import re

from flask.testing import FlaskClient


class TestDocs:
    def test_page_loads_nothing_from_another_host(self, client: FlaskClient) -> None:
        page = client.get("/docs")

        assert page.status_code == 200
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert "//" not in page.text.replace("<!DOCTYPE html>", "")
        for path in re.findall(r'(?:href|src)="([^"]+)"', page.text):
            with client.get(path) as part:
                assert part.status_code == 200, path

    def test_page_has_one_address(self, client: FlaskClient) -> None:
        assert client.get("/docs/").headers["Location"] == "/docs"

    def test_assets_stay_in_their_folder(self, client: FlaskClient) -> None:
        for name in ("../__init__.py", "%2e%2e/__init__.py", "/etc/passwd"):
            assert client.get(f"/docs/assets/{name}").status_code == 404
