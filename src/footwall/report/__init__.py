"""What the zone did, and what its duties add up to: as records, as tables for a terminal, and as one self-contained page."""

from footwall.report.assumptions import AnnualTrade, annual_trade
from footwall.report.certificate_page import certificate_page
from footwall.report.html import FILE, report_html, write_report
from footwall.report.summary import FormSummary, MineralSummary, ZoneSummary, ZoneTrade, zone_summary, zone_trade
from footwall.report.tables import Cell, Column, ReportTable, Row, footing_rows, summary_rows
from footwall.report.tables_ladder import undercut_rows
from footwall.report.tables_trade import aside_rows, coverage_rows, estimated_rows, margin_rows, trade_rows
from footwall.report.trade import SetAside, TradeLine, TradeLines, trade_lines
from footwall.report.trade_estimate import estimated_lines
from footwall.report.trade_summary import summarise_trade
from footwall.report.trade_totals import Coverage, Totals, TradeSummary

__all__ = [
    "FILE",
    "AnnualTrade",
    "Cell",
    "Column",
    "Coverage",
    "FormSummary",
    "MineralSummary",
    "ReportTable",
    "Row",
    "SetAside",
    "Totals",
    "TradeLine",
    "TradeLines",
    "TradeSummary",
    "ZoneSummary",
    "ZoneTrade",
    "annual_trade",
    "aside_rows",
    "certificate_page",
    "coverage_rows",
    "estimated_lines",
    "estimated_rows",
    "footing_rows",
    "margin_rows",
    "report_html",
    "summarise_trade",
    "summary_rows",
    "trade_lines",
    "trade_rows",
    "undercut_rows",
    "write_report",
    "zone_summary",
    "zone_trade",
]
