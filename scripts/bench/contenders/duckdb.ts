// (a) Plain DuckDB: read_ndjson with a P95 per phase. It validates nothing and stores nothing.
import { DuckDBInstance } from '@duckdb/node-api';
import { reportOutcome } from '../contender.ts';

const [warmFile = '', file = '', expected = '0'] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
const p95ByPhase = (path: string) =>
  connection.runAndReadAll(
    `SELECT phase, quantile_disc(duration_ms, 0.95)::DOUBLE AS p95, count(*)
     FROM read_ndjson('${path.replaceAll("'", "''")}')
     WHERE event = 'autosave.save.completed' GROUP BY phase`,
  );
await p95ByPhase(warmFile); // like Phasegate, it has answered before
const begun = performance.now();
const rows = (await p95ByPhase(file)).getRowsJson();
reportOutcome(begun, performance.now(), {
  events: Number(expected),
  p95ByPhase: Object.fromEntries(rows.map(([phase, p95]) => [String(phase), Number(p95)])),
});
connection.closeSync();
