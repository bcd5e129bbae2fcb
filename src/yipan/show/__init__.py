"""Show what was measured and planned: one offline page, PDFs, tables."""

from yipan.show.report import ReportFiles, write_report
from yipan.show.tables import write_tables

__all__ = ["ReportFiles", "write_report", "write_tables"]
