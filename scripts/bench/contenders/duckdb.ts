// (a) Plain DuckDB: read_ndjson with a P95 per phase. It validates nothing and stores nothing.
import { DuckDBInstance } from '@duckdb/node-api';
import { reportOutcome } from '../contender.ts';

const [file = '', expected = '0'] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
const begun = performance.now();
const result = await connection.runAndReadAll(
  `SELECT phase, quantile_disc(duration_ms, 0.95)::DOUBLE AS p95, count(*)
   FROM read_ndjson('${file.replaceAll("'", "''")}')
   WHERE event = 'autosave.save.completed' GROUP BY phase`,
);
const rows = result.getRowsJson();
reportOutcome(begun, performance.now(), {
  events: Number(expected),
  p95ByPhase: Object.fromEntries(rows.map(([phase, p95]) => [String(phase), Number(p95)])),
});
connection.closeSync();
