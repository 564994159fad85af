"""Parquet files give the bars of the CSV they equal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from orchestrator.deadline import Deadline
from orchestrator.errors import DataInvalidError
from orchestrator.loaders.files.parquet_file import MOST_COLUMNS, MOST_ROWS
from orchestrator.loaders.sources import open_sources
from orchestrator.settings import Settings, shipped_data_dir
from orchestrator.spec import BarQuery


def load(folder: Path, symbol: str = "X") -> str:
    loader = open_sources(Settings(data_dir=folder))["csv"]
    query = BarQuery(symbol=symbol)
    return loader.load(query, Deadline.after(10.0)).provenance.sha256


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.read_csv(shipped_data_dir() / "sp500.csv", parse_dates=["date"])


class TestAParquetFile:
    @pytest.mark.parametrize("shape", ["column", "index", "zoned", "text", "upper"])
    def test_gives_the_bars_of_its_csv(
        self, tmp_path: Path, frame: pd.DataFrame, shape: str
    ) -> None:
        if shape == "index":
            frame = frame.set_index("date")
        elif shape == "zoned":
            frame["date"] = frame["date"].dt.tz_localize("America/New_York")
        elif shape == "text":
            frame["date"] = frame["date"].dt.strftime("%Y-%m-%d")
        elif shape == "upper":
            frame = frame.rename(columns=str.upper)
        frame.to_parquet(tmp_path / "X.parquet")

        assert load(tmp_path) == load(shipped_data_dir(), "SP500")

    @pytest.mark.parametrize("column", ["high", "date", "low"])
    def test_needs_all_columns(
        self, tmp_path: Path, frame: pd.DataFrame, column: str
    ) -> None:
        frame.drop(columns=column).to_parquet(tmp_path / "X.parquet")

        with pytest.raises(DataInvalidError):
            load(tmp_path)

    def test_names_a_row_that_breaks_the_contract(
        self, tmp_path: Path, frame: pd.DataFrame
    ) -> None:
        frame.loc[4, "low"] = -1.0
        frame.to_parquet(tmp_path / "X.parquet")

        with pytest.raises(DataInvalidError, match="row 5, low"):
            load(tmp_path)

    def test_of_words_is_refused(self, tmp_path: Path, frame: pd.DataFrame) -> None:
        frame.astype({"close": str}).assign(close="x").to_parquet(
            tmp_path / "X.parquet"
        )

        with pytest.raises(DataInvalidError, match="close"):
            load(tmp_path)

    def test_cut_short_is_refused(self, tmp_path: Path, frame: pd.DataFrame) -> None:
        path = tmp_path / "X.parquet"
        frame.to_parquet(path)
        path.write_bytes(path.read_bytes()[:-100])

        with pytest.raises(DataInvalidError):
            load(tmp_path)

    def test_that_is_small_and_becomes_large_is_refused(
        self, tmp_path: Path, frame: pd.DataFrame
    ) -> None:
        """Six million rows of the same bar take half a megabyte."""
        bars = MOST_ROWS + 1
        rows = frame.iloc[np.zeros(bars, dtype=np.intp)].reset_index(drop=True)
        rows.to_parquet(tmp_path / "X.parquet")

        with pytest.raises(DataInvalidError, match=f"at most {MOST_ROWS} rows"):
            load(tmp_path)

    def test_of_too_many_columns_is_refused(self, tmp_path: Path) -> None:
        columns = {f"c{number}": [1.0] for number in range(MOST_COLUMNS + 1)}
        pd.DataFrame(columns).to_parquet(tmp_path / "X.parquet")

        with pytest.raises(DataInvalidError, match="columns, and it has"):
            load(tmp_path)
