// A minimal call through openapi-typescript with default flags and openapi-fetch.
import createClient from "openapi-fetch";
import type { paths } from "./api";

declare const process: { argv: string[] };

const client = createClient<paths>({ baseUrl: process.argv[2] });
const { data, error } = await client.POST("/gate", {
  body: { symbol: "SP500", strategy_type: "sma_cross", gate: ["sharpe_ratio > 0.5"] },
});
if (error) throw new Error(error.detail);
const verdict: "pass" | "fail" | "insufficient_evidence" = data.verdict;
const held = await client.POST("/backtest", { body: { strategy_type: "buy_and_hold" } });
console.log(verdict, held.data?.metrics.final_value);
