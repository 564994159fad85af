// A minimal call through @hey-api/openapi-ts.
import { client } from "./sdk/client.gen";
import { judgeBacktest } from "./sdk/sdk.gen";

declare const process: { argv: string[]; exit(status: number): void };

async function main(): Promise<void> {
  client.setConfig({ baseUrl: process.argv[2] });
  const { data, error } = await judgeBacktest({
    body: { symbol: "SP500", strategy_type: "sma_cross", gate: ["sharpe_ratio > 0.5"] },
  });
  if (error) throw new Error(String(error.detail));
  const verdict: "pass" | "fail" | "insufficient_evidence" = data.verdict;
  console.log(verdict);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
