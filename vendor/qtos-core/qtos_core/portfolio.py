"""Cash and positions, and what they were last worth."""

from __future__ import annotations

from dataclasses import dataclass, field

# A position left by sums such as 0.1 + 0.2 - 0.3 is a rounding error, not a holding.
_DUST = 1e-12


@dataclass
class Portfolio:
    """Cash and positions.

    Parameters
    ----------
    cash : float, default=0.0
        In the quote currency.
    positions : dict of str to float, optional
        Units by symbol, negative for shorts.  Copied; zero units are no position
        and are left out.

    Attributes
    ----------
    marks : dict of str to float
        Last known price by symbol, kept by whoever runs the portfolio.
    bar_index : int
        Position of the current bar in a run; -1 outside of one.
    """

    cash: float = 0.0
    positions: dict[str, float] = field(default_factory=dict)
    marks: dict[str, float] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    bar_index: int = field(default=-1, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        self.positions = {
            symbol: units for symbol, units in self.positions.items() if units != 0.0
        }

    def position(self, symbol: str) -> float:
        """Return the units held of `symbol`, 0.0 if none."""
        return self.positions.get(symbol, 0.0)

    def update_position(self, symbol: str, delta: float) -> None:
        """Add `delta` units of `symbol`; a position that becomes zero disappears."""
        held = self.positions.get(symbol, 0.0)
        units = held + delta
        if abs(units) <= _DUST * max(abs(held), abs(delta)):
            self.positions.pop(symbol, None)
        else:
            self.positions[symbol] = units

    @property
    def equity(self) -> float:
        """Cash plus every position at its mark.

        Raises
        ------
        KeyError
            If a symbol is held that was never marked: its worth is unknown.
        """
        return self.cash + sum(
            units * self.marks[symbol]
            for symbol, units in self.positions.items()
            if units != 0.0
        )
