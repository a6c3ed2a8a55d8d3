"""Will the month make its plan, and what is missing?"""

from __future__ import annotations

from smarketing.analyses.forecast.backtest import Backtest, Past
from smarketing.analyses.forecast.measure import forecast, measured
from smarketing.analyses.forecast.result import Forecast, ForecastState, Method

__all__ = ["Backtest", "Forecast", "ForecastState", "Method", "Past", "forecast", "measured"]
