"""The page in a real browser: scripts run under the page's own policy, tables sort, the language switches."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from yipan.measure import measure
from yipan.region import example
from yipan.show.build import build_report
from yipan.show.html import page
from yipan.show.material import Material

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-3d-apis",
    "--enable-logging=stderr",
]
PROBE = """<script>
const table = document.querySelector('#t-zones table');
const head = table.tHead.rows[0].cells, last = head.length - 1;
const keys = () => [...table.tBodies[0].rows].map((row) => Number(row.cells[last].dataset.s));
const found = {};
head[last].querySelector('button').click();
found.down = [head[last].getAttribute('aria-sort'), keys()];
head[last].querySelector('button').click();
found.up = [head[last].getAttribute('aria-sort'), keys()];
document.querySelector('.lang button[data-lang=en]').click();
found.lang = [document.documentElement.lang, document.title, document.querySelector('svg title').textContent];
found.shown = ['zh', 'en'].map((c) => getComputedStyle(document.querySelector('h1 .' + c)).display);
found.fits = document.documentElement.scrollWidth <= innerWidth;
document.body.dataset.found = JSON.stringify(found);
</script></body>"""

pytestmark = pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed on this machine")


def opened(path: Path, profile: Path, *, width: int = 1280) -> tuple[str, str]:
    """Return the document after its scripts have run, and what the browser logged."""
    command = [str(BROWSER), *FLAGS, f"--user-data-dir={profile}", f"--window-size={width},900", "--dump-dom"]
    done = subprocess.run([*command, path.as_uri()], capture_output=True, text=True, timeout=120, check=False)
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def html() -> str:
    region = example("tiny")
    return page(build_report(Material(region=region, results=measure(region), date="2026-01-01")))


def test_script_runs_under_the_pages_own_policy(html: str, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(html, encoding="utf-8")
    dom, log = opened(path, tmp_path / "profile")
    assert 'class="save"' in dom
    assert not re.search(r'class="save" hidden', dom)  # the script has shown them
    assert "CONSOLE" not in log


def test_sorting_and_switching_language(html: str, tmp_path: Path) -> None:
    path = tmp_path / "probe.html"
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)  # the probe is a script too
    path.write_text(bare.replace("</body>", PROBE), encoding="utf-8")
    dom, _ = opened(path, tmp_path / "profile", width=700)
    match = re.search(r'data-found="([^"]*)"', dom)
    assert match is not None
    found = json.loads(unescape(match[1]))
    down, up = found["down"][1], found["up"][1]
    assert found["down"][0] == "descending"
    assert down == sorted(down, reverse=True)
    assert found["up"][0] == "ascending"
    assert up == sorted(up)
    assert found["lang"] == ["en", "Riverbend: measured as one board", "Zones and clusters"]
    assert found["shown"] == ["none", "inline"]
    assert found["fits"] is True  # no sideways scrolling of the page itself
