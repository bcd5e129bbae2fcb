"""Words of the report's frame, in both languages."""

from __future__ import annotations

from yipan.text import Text

WORDS: dict[str, Text] = {
    "contents": Text("目录", "Contents"),
    "figure": Text("图", "Figure"),
    "table": Text("表", "Table"),
    "unit": Text("单位", "Unit"),
    "year": Text("数据年份", "Data year"),
    "source": Text("来源或公式", "Source or formula"),
    "quality": Text("质量", "Quality"),
    "run": Text("运行号", "Run"),
    "missing": Text("缺失", "missing"),
    "skip": Text("跳到正文", "Skip to content"),
    "save": Text("存为 SVG", "Save as SVG"),
    "swipe": Text("左右滑动查看全图", "swipe to see all of it"),
    "sort": Text("点击表头排序", "Click a heading to sort"),
    "page": Text("第", "Page"),
    "of": Text("页,共", "of"),
    "pages": Text("页", ""),
    "made": Text("生成日期", "Made on"),
    "show_all": Text("展开全部", "Open all"),
    "language": Text("语言", "Language"),
    "details": Text("详细", "Details"),
    "brand": Text("一盘 Yipan", "Yipan 一盘"),
    "footer": Text(
        "本页离线可用,不向任何地方发送请求。每个数值都附有单位、来源、年份、质量与运行号。",
        "This page works offline and asks nothing of any server. Every number carries unit, source,"
        " year, quality and run.",
    ),
}
