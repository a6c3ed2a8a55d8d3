"""How does a result look? One function per chart, from plain values to a picture for screen, print and letters.

A chart function takes its values, a size and a language and gives a :class:`~smarketing.charts.picture.Picture`;
``drawing`` turns pictures into SVG and PNG.
"""

from __future__ import annotations

from smarketing.charts.answer_line import AnswerLines, AnswerReach, answer_line
from smarketing.charts.drawing import inline_svg, png, print_svg, screen_svg
from smarketing.charts.funnel_bars import FunnelBar, bars_of, funnel_bars
from smarketing.charts.picture import Picture, Size
from smarketing.charts.plan_fact import Forecast, PlanFact, Point, plan_fact
from smarketing.charts.sparkline import Sparkline, sparkline
from smarketing.charts.stacked_share import ShareBar, SharePart, shares_of, stacked_share
from smarketing.charts.waterfall import Waterfall, WaterfallItem, waterfall, waterfall_of

__all__ = [
    "AnswerLines",
    "AnswerReach",
    "Forecast",
    "FunnelBar",
    "Picture",
    "PlanFact",
    "Point",
    "ShareBar",
    "SharePart",
    "Size",
    "Sparkline",
    "Waterfall",
    "WaterfallItem",
    "answer_line",
    "bars_of",
    "funnel_bars",
    "inline_svg",
    "plan_fact",
    "png",
    "print_svg",
    "screen_svg",
    "shares_of",
    "sparkline",
    "stacked_share",
    "waterfall",
    "waterfall_of",
]
