"""Units against published definitions; options against what their names promise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from yipan import options, units
from yipan.errors import OptionError, UnknownName


@pytest.mark.parametrize(
    ("value", "given", "wanted", "expected"),
    [
        (1, "km2", "ha", 100),  # a square kilometre is a hundred hectares
        (15, "亩", "公顷", 1),  # fifteen mu make a hectare
        (1, "亿元", "万元", 10_000),
        (3, "1e4 person", "person", 30_000),
        (2.5, "万人", "人", 25_000),
        (36, "km/h", "m/s", 10),
        (90, "min", "h", 1.5),
        (12, "%", "ratio", 0.12),
        (1, "GW", "MW", 1000),
        (1, "100 person", "person", 100),
        (7, "万千瓦时", "kWh", 70_000),
        (1, "1e8 USD", "1e4 USD", 10_000),
    ],
)
def test_conversions(value: float, given: str, wanted: str, expected: float) -> None:
    assert units.convert(value, given, wanted) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("given", "wanted"), [("person", "job"), ("1e8 CNY", "1e8 USD"), ("km", "km2")])
def test_what_measures_something_else_is_not_converted(given: str, wanted: str) -> None:
    assert units.factor(given, wanted) is None
    with pytest.raises(UnknownName, match="cannot be turned into"):
        units.convert(1, given, wanted)


@pytest.mark.parametrize("name", ["bushel", "", "万", "1e4", "km3", "人人"])
def test_unknown_units(name: str) -> None:
    assert units.find(name) is None


def test_every_option_is_described_and_within_its_bounds() -> None:
    for option in options.OPTIONS.values():
        assert option.low <= option.default <= option.high
        assert option.label.zh
        assert option.label.en


def test_environment_and_using(monkeypatch: pytest.MonkeyPatch) -> None:
    assert options.get("region.max_file_mb") == 500
    monkeypatch.setenv("YIPAN_REGION_MAX_FILE_MB", "7")
    assert options.get("region.max_file_mb") == 7
    with options.using({"region.max_file_mb": 8}):
        assert options.get("region.max_file_mb") == 8
        with options.using({"region.max_files": 9}):
            assert (options.get("region.max_file_mb"), options.get("region.max_files")) == (8, 9)
    assert options.get("region.max_file_mb") == 7


def test_using_is_undone_after_an_error_and_stays_in_its_thread() -> None:
    def fail() -> None:
        with options.using({"network.cache_mb": 64}):
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(options.get, "network.cache_mb").result() == 512
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert options.get("network.cache_mb") == 512


@pytest.mark.parametrize("value", ["", "many", "-1", "0", "1.5", "99999999"])
def test_a_value_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("YIPAN_NETWORK_CACHE_MB", value)
    with pytest.raises(OptionError, match="YIPAN_NETWORK_CACHE_MB"):
        options.get("network.cache_mb")


def test_a_typo_raises_and_names_the_nearest() -> None:
    with (
        pytest.raises(OptionError, match=r"did you mean 'network.cache_mb'"),
        options.using({"network.cach_mb": 1}),
    ):
        pass
