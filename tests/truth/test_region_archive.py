"""Archives: a zip of a region reads like the folder; anything that could do harm is refused unread."""

from __future__ import annotations

import io
import stat
import struct
import tempfile
import zipfile
from pathlib import Path

import pytest

from yipan import options
from yipan.errors import UnsafeFile
from yipan.region import example, read_checked, read_region, write_region


@pytest.fixture(autouse=True)
def temp_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Unpack below `tmp_path`, where a test can see whether anything is left."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def pack(path: Path, members: dict[str, bytes] | None = None, *, top: str = "") -> Path:
    folder = path.parent / "packed"
    write_region(example("tiny"), folder, overwrite=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, top + file.name)
        for name, data in (members or {}).items():
            archive.writestr(name, data)
    return path


def refusal(path: Path) -> list[str]:
    region, problems = read_checked(path)
    assert region is None
    with pytest.raises(UnsafeFile):
        read_region(path)
    return [p.what.en for p in problems]


@pytest.mark.parametrize("top", ["", "my region/"])
def test_a_zip_reads_like_its_folder(tmp_path: Path, temp_is_watched: Path, top: str) -> None:
    assert read_region(pack(tmp_path / "tiny.zip", top=top)).id == example("tiny").id
    assert list(temp_is_watched.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../evil.csv", "a/../../evil.csv", "/etc/evil.csv", "C:\\evil.csv", "..\\evil.csv"]
)
def test_paths_that_lead_out(tmp_path: Path, temp_is_watched: Path, name: str) -> None:
    path = pack(tmp_path / "tiny.zip", {name: b"x"})
    assert refusal(path) == [f"{name!r}: its path leads out of the archive"]
    assert not list(tmp_path.rglob("evil.csv"))
    assert list(temp_is_watched.iterdir()) == []


def claim(path: Path, name: str, size: int) -> None:
    """Make the archive claim `size` bytes for one member, in its directory and at the member itself."""
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo(name)
        start = archive.start_dir
    struct.pack_into("<I", data, member.header_offset + 22, size)
    at = start
    while data[at : at + 4] == b"PK\x01\x02":
        name_size, extra, comment = struct.unpack_from("<HHH", data, at + 28)
        if bytes(data[at + 46 : at + 46 + name_size]).decode() == name:
            struct.pack_into("<I", data, at + 24, size)
        at += 46 + name_size + extra + comment
    path.write_bytes(bytes(data))


def test_a_claimed_size_of_3_gb(tmp_path: Path) -> None:
    path = pack(tmp_path / "tiny.zip", {"streets.osm.pbf": b"tiny"})
    claim(path, "streets.osm.pbf", 3_000_000_000)
    found = refusal(path)
    assert found[0] == "claims 3,000 MB when unpacked, above the limit of 2,000 MB; not opened"
    assert any("above the limit of 500 MB for one file" in what for what in found)


def test_a_member_that_lies_about_its_size(tmp_path: Path) -> None:
    path = pack(tmp_path / "tiny.zip", {"notes.txt": b"x" * 5000})
    claim(path, "notes.txt", 10)
    region, problems = read_checked(path)
    assert region is None
    assert "not a sound zip file" in problems[0].what.en


def test_a_compression_bomb(tmp_path: Path) -> None:
    path = pack(tmp_path / "tiny.zip", {"notes.txt": b"\0" * 5_000_000})
    assert "a compression bomb?" in refusal(path)[0]


def test_links_encrypted_nested_and_double_members(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = pack(tmp_path / "tiny.zip", {"inner.zip": b"PK"})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("ZONES.geojson", "{}")
    assert refusal(path) == [
        "'inner.zip': it is an archive inside the archive",
        "'link.csv': it is a link or a special file",
        "'ZONES.geojson': its name is there twice",
    ]


def test_an_encrypted_member(tmp_path: Path) -> None:
    path = pack(tmp_path / "tiny.zip")
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1  # the flag that says the member is encrypted
    path.write_bytes(bytes(data))
    assert [w.endswith("it is encrypted") for w in refusal(path)] == [True]


def test_feeds_under_transit_may_stay_packed(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as feed:
        feed.writestr("stops.txt", "stop_id\n")
    assert read_region(pack(tmp_path / "tiny.zip", {"transit/feed.zip": inner.getvalue()})).zone_ids


def test_too_many_files(tmp_path: Path) -> None:
    path = pack(tmp_path / "tiny.zip")
    with options.using({"region.max_files": 3}):
        assert "files, which is too many" in refusal(path)[0]


def test_not_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "tiny.zip"
    path.write_bytes(b"hello")
    region, problems = read_checked(path)
    assert (region, [p.file for p in problems]) == (None, ["tiny.zip"])
