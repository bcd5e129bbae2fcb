"""Pages of the documentation, made from the code: interventions, the keys of a project file, unit costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path

from yipan.measure import load_packs
from yipan.pack import Pack, UnitCost
from yipan.scenario import (
    INTERVENTIONS,
    AddLine,
    AddLink,
    AddPlace,
    AddStop,
    ChangeActivity,
    ChangeCapacity,
    ChangeService,
    CloseLine,
    CloseLink,
    ClosePlace,
    ExtendLine,
    ImproveLink,
    Intervention,
    ProtectArea,
    Reinstate,
    RestoreArea,
    Stop,
)
from yipan.scenario.keys import KEYS
from yipan.scenario.toml import toml_text, write_whole
from yipan.text import Text

EFFECTS: Mapping[str, Text] = {
    "AddLine": Text(
        "新增一条双向线路。站点编号与已有车站相同即可换乘;出行时间按 min-plus 精确更新。",
        "Adds a line that runs both ways. A stop with the id of an existing station is a place to change;"
        " travel times are updated exactly (min-plus).",
    ),
    "ChangeService": Text(
        "改变一条线路的发车间隔或运行速度;未给出的保持不变。",
        "Changes headway or running speed of a line; what is not given stays.",
    ),
    "AddLink": Text(
        "在两个单元格之间新增一段双向道路(或轮渡)。",
        "Adds a road (or ferry) between two cells, both ways.",
    ),
    "ImproveLink": Text(
        "提高一段道路的速度,可同时改变等级。", "Makes a road faster, and of another class where given."
    ),
    "AddPlace": Text(
        "新增一处设施:医院、高校、避难场所、消防站、电站、机场等。",
        "Adds a facility: hospital, university, shelter, fire station, power station, airport …",
    ),
    "ChangeCapacity": Text("改变一处设施的容量。", "Changes the capacity of a facility."),
    "ChangeActivity": Text(
        "改变一个单元格或一个分区的岗位、人口、产值或住房;分区内按现有数量分摊。住房需有 housing 列。",
        "Changes jobs, residents, output or dwellings of a cell, or of a zone in proportion to what its cells"
        " have. Dwellings need a column housing.",
    ),
    "ProtectArea": Text(
        "新增一处自然保护地,容量即面积(平方公里)。", "Adds a protected area; its capacity is its area in km2."
    ),
    "ClosePlace": Text("关闭一处设施。", "Closes a facility."),
    "ExtendLine": Text(
        "自一端延长一条线路;班次、速度与停站时间不变,原有乘客不受影响。",
        "Makes a line longer at one of its ends; headway, speed and dwell stay, and who travelled before is"
        " not slowed.",
    ),
    "AddStop": Text(
        "在已有线路的相邻两站之间增设一站;过站乘客多花停站时间与绕行时间。",
        "Adds a stop between two that follow one another on a line; who rides through loses its dwell and the"
        " way round by it.",
    ),
    "CloseLine": Text("停运一条线路。", "Withdraws a line."),
    "CloseLink": Text(
        "双向关闭一段道路(或轮渡),用于施工或安全推演。",
        "Closes a road (or ferry) both ways: for works, or to try what its loss would mean.",
    ),
    "RestoreArea": Text(
        "在一个单元格修复自然:面积记入 restored 列(平方公里),本身不改变任何指标;划入保护地或建为公园后,"
        "才计入保护地占比或可达自然。",
        "Restores nature in a cell: its area is added to the column restored (km2), which moves no indicator"
        " by itself; once protected or opened as a park it counts in the protected share"
        " or as nature in reach.",
    ),
    "Reinstate": Text(
        "把若干行恢复原状:`reverse` 用它精确撤回一项措施。",
        "Puts rows back as they were: `reverse` takes an intervention back exactly with it.",
    ),
}
"""What each type of intervention does, in words."""

EXAMPLES: tuple[Intervention, ...] = (
    AddLine(
        id="m2",
        zh="二号线",
        en="Line 2",
        mode="metro",
        headway_peak=5.0,
        headway_offpeak=10.0,
        speed=40.0,
        stops=(Stop("st-b1", "东岸", "East", 106.25, 29.10), Stop("st-c2", "山口", "Hill", 106.30, 29.30)),
    ),
    ChangeService(line="m1", headway_peak=2.0),
    AddLink(id="l9", from_cell="B1", to_cell="C2", kind="primary", length=30.0, speed=60.0),
    ImproveLink(link="l4", speed=60.0, kind="primary"),
    AddPlace(
        id="h3",
        kind="hospital",
        zh="山口医院",
        en="Hill hospital",
        lon=106.10,
        lat=29.30,
        capacity=200.0,
        unit="bed",
    ),
    ChangeCapacity(place="h2", add=150.0),
    ChangeActivity(cell="C1", jobs=2000.0, gdp=3.0),
    ProtectArea(id="p2", zh="东岸湿地", en="Eastbank wetland", lon=106.35, lat=29.05, km2=20.0),
    ClosePlace(place="k1"),
    ExtendLine(line="m1", end="st-b1", stops=(Stop("st-b2", "东岭", "Ridge", 106.35, 29.10),)),
    AddStop(
        line="m1",
        after="st-a2",
        before="st-b1",
        station="st-mid",
        zh="江心",
        en="Island",
        lon=106.20,
        lat=29.10,
    ),
    CloseLine(line="m1"),
    CloseLink(link="l3"),
    RestoreArea(cell="B2", habitat="wetland", km2=6.0, use="park", id="w1", zh="湿地公园", en="Wetland park"),
    Reinstate(remove=((("table", "links"), ("id", "l3")),)),
)
"""One of each type, sound on the region ``tiny``."""

_TYPES = {
    "id": Text("编号", "id"),
    "text": Text("文本", "text"),
    "number": Text("数字", "number"),
    "integer": Text("整数", "whole number"),
    "numbers": Text("一组数字", "numbers"),
    "yearly": Text("数字或一组数字", "number or numbers"),
    "ids": Text("一组编号", "ids"),
    "table": Text("一个表", "table"),
    "tables": Text("一组表", "array of tables"),
    "rows": Text("一组行 {列 = 值}", "list of rows {column = value}"),
    "stops": Text("一组站点 {station, zh, en, lon, lat}", "list of stops {station, zh, en, lon, lat}"),
}
_NEEDED = {True: Text("必填", "required"), False: Text("可选", "optional")}


def write_intervention_pages(folder: Path) -> list[Path]:
    """Write ``index.md`` and one page per type of intervention, and return what was written.

    Pages of types that no longer exist are removed; other files are left alone.
    """
    pages = {f"{name}.md": intervention_page(name) for name in sorted(INTERVENTIONS)}
    pages["index.md"] = index_page()
    for old in folder.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    return [write_whole(text, folder / name) for name, text in pages.items()]


def write_cost_page(path: Path) -> Path:
    """Write the page of unit costs of all installed packs."""
    return write_whole(cost_page(load_packs()), path)


def intervention_page(name: str) -> str:
    """Return the page of one type of intervention.

    Examples
    --------
    >>> print(intervention_page("ClosePlace").splitlines()[0])
    # ClosePlace 关闭设施 · closed facility
    """
    kind = INTERVENTIONS[name]
    effect = EFFECTS.get(name, kind.label)
    lines = [f"# {name} {kind.label.zh} · {kind.label.en}", "", effect.zh, "", effect.en, ""]
    tables = ", ".join(f"`{t}`" for t in kind.tables)
    lines += [f"改变的表 · Tables it changes: {tables}", "", "## 键 · Keys", ""]
    rows = []
    for f in fields(kind):  # type: ignore[arg-type]
        s = f.metadata["spec"]
        choices = " / ".join(f"`{c}`" for c in s.choices)
        rows.append(
            (
                f"`{f.name}`",
                _both(_TYPES[s.kind]),
                _both(_NEEDED[f.default is MISSING]),
                s.unit or "—",
                _bounds(s.low, s.high),
                _both(s.label) + (f": {choices}" if choices else ""),
            )
        )
    head = ("键 Key", "类型 Type", "必填 Required", "单位 Unit", "范围 Bounds", "含义 Meaning")
    lines += _table(head, rows)
    example = next((i for i in EXAMPLES if i.type == name), None)
    if example is not None:
        text = toml_text({"interventions": [dict(example.as_dict())]})
        lines += [
            "",
            "## 例 · Example",
            "",
            "```toml",
            text.strip(),
            "```",
            "",
            f"{example.describe().zh}",
            "",
        ]
        lines += [f"{example.describe().en}"]
    return "\n".join(lines) + "\n"


def index_page() -> str:
    """Return the page that lists the types of intervention and the keys of a project file."""
    lines = [
        "# 措施与项目 · Interventions and projects",
        "",
        "项目是一组措施,附有逐年造价、运维费、年限、责任单位、前置与互斥关系;"
        "写在区域文件夹的 `projects/*.toml` 中,一个文件一个项目,或以 `[[project]]` 写多个。",
        "",
        "A project is a set of interventions with cost by year, upkeep, life, owner, prerequisites and"
        " exclusions; it stands in `projects/*.toml` of the region folder, one to a file or several under"
        " `[[project]]`.",
        "",
        "## 措施类型 · Types of intervention",
        "",
    ]
    rows = [
        (f"[{n}]({n}.md)", _both(k.label), _both(EFFECTS.get(n, k.label)))
        for n, k in sorted(INTERVENTIONS.items())
    ]
    lines += _table(("类型 Type", "名称 Name", "作用 Effect"), rows)
    lines += ["", "## 项目的键 · Keys of a project", ""]
    keys = [(f"`{k.name}`", _both(_TYPES[k.kind]), _both(_NEEDED[k.required]), _both(k.label)) for k in KEYS]
    lines += _table(("键 Key", "类型 Type", "必填 Required", "含义 Meaning"), keys)
    lines += [
        "",
        "`zh`/`en`、`owner_zh`/`owner_en`、`because_zh`/`because_en` 每对至少写一个。"
        "金额以亿(1e8)为单位;`price_year` 须与区域一致。",
        "",
        "Of each pair `zh`/`en`, `owner_zh`/`owner_en`, `because_zh`/`because_en` at least one must be given."
        " Money is in 1e8; `price_year` must be the region's.",
        "",
        "投资写 `capital`(逐年)或 `cost` 与 `duration`(按 S 曲线分摊)之一。"
        "`bundle` 相同的项目同时入选或同时落选。"
        "未写 `ranges` 的项目可用参考类默认值(`yipan.scenario.default_ranges`)。",
        "",
        "Of the cost give either `capital` (by year) or `cost` and `duration` (spread along the S-curve)."
        " Projects of one `bundle` are chosen together or not at all. Where no `ranges` are stated, those of"
        " the reference class can be taken (`yipan.scenario.default_ranges`).",
    ]
    return "\n".join(lines) + "\n"


def cost_page(packs: Iterable[Pack]) -> str:
    """Return the page of the unit costs of some packs, and how a cost is spread over the building years."""
    lines = [
        "# 单位造价 · Unit costs",
        "",
        "规则提出的项目,造价 = 单位造价 × 数量。除注明外均为规划假设(assumed),请以本地可研数据替换"
        "(各领域包的 `costs.csv`)。各建设年按 S 曲线分摊:累计 F(t) = 3t² − 2t³,逐年取差,四舍五入到 0.01。",
        "",
        "A project proposed by a rule costs unit cost × quantity. Unless noted, these are planning"
        " assumptions (assumed): replace them with local study figures (`costs.csv` of each pack). The"
        " building years share the cost along an S-curve: cumulative F(t) = 3t² − 2t³, differences by year,"
        " rounded to 0.01.",
        "",
    ]
    head = (
        "编号 Id",
        "名称 Name",
        "单位 Unit",
        "造价 Capital (1e8)",
        "年运维 Upkeep a year",
        "寿命 Life",
        "工期 Building",
        "价格年 Prices of",
        "质量 Quality",
        "依据 Grounds",
    )
    for pack in packs:
        if pack.costs:
            lines += [
                f"## {pack.name.zh} · {pack.name.en}",
                "",
                *_table(head, map(_cost_row, pack.costs)),
                "",
            ]
    return "\n".join(lines)


def _cost_row(c: UnitCost) -> tuple[str, ...]:
    return (
        f"`{c.id}`",
        _both(c.name),
        _both(c.unit),
        f"{c.capital:.6f}".rstrip("0").rstrip(".") + f" {c.currency}",
        f"{c.upkeep_share:.1%}",
        f"{c.life_years}",
        f"{c.build_years}",
        f"{c.price_year}",
        _both(c.quality.label),
        f"{_both(c.note)} ({c.source})",
    )


def _both(text: Text) -> str:
    return text.zh if text.zh == text.en else f"{text.zh} · {text.en}"


def _bounds(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "—"
    return f"{'' if low is None else f'{low:g}'} … {'' if high is None else f'{high:g}'}".strip()


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"

    return [line(head), line("---" for _ in head), *map(line, rows)]
