// A minimal call through @hey-api/openapi-ts.
import { judgeBacktest } from "./sdk/sdk.gen";
import { client } from "./sdk/client.gen";

declare const process: { argv: string[] };

client.setConfig({ baseUrl: process.argv[2] });
const { data, error } = await judgeBacktest({
  body: { symbol: "SP500", strategy_type: "sma_cross", gate: ["sharpe_ratio > 0.5"] },
});
if (error) throw new Error(String(error.detail));
console.log(data?.verdict);
