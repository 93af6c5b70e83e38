"""The moon, well enough for a look out of the window."""

import math
from datetime import datetime, timezone

MONTH = 29.530588853
NEW_MOON = datetime(2000, 1, 6, 18, 14, tzinfo=timezone.utc)
NAMES = (
    "New moon",
    "Waxing crescent",
    "First quarter",
    "Waxing gibbous",
    "Full moon",
    "Waning gibbous",
    "Last quarter",
    "Waning crescent",
)


def phase(at: datetime) -> float:
    """0 is new, 0.5 is full, below 1."""
    return (at - NEW_MOON).total_seconds() / 86400 / MONTH % 1


def name(phase: float) -> str:
    return NAMES[round(phase * 8) % 8]


def lit(phase: float) -> int:
    """Percent of the disk that is lit."""
    return round((1 - math.cos(2 * math.pi * phase)) * 50)


def path(phase: float, r: int = 100) -> str:
    """The lit part as an SVG path around 0,0: the edge of the disk, and back along the shadow's."""
    waxing = phase < 0.5
    crescent = phase < 0.25 or phase >= 0.75
    shadow = round(abs(math.cos(2 * math.pi * phase)) * r, 2)
    back = int(waxing != crescent)
    return f"M0,{-r} A{r},{r} 0 0 {int(waxing)} 0,{r} A{shadow},{r} 0 0 {back} 0,{-r}Z"
