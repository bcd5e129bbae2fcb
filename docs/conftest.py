"""Only the pages written by hand run as doctests; generated ones repeat docstrings, which run in place."""

collect_ignore = [
    "generate.py",
    "api.md",
    "changelog.md",
    "chongqing.md",
    "cli.md",
    "files.md",
    "helsinki.md",
    "street-rules.md",
]
collect_ignore_glob = ["method-*.md", "indicators/*", "interventions/*"]
