// (c) PostgreSQL: COPY the lines into a table of jsonb, then percentile_cont per phase. It validates JSON only.
import { Client } from 'pg';
import { reportOutcome } from '../contender.ts';

const [file = ''] = process.argv.slice(2);
const client = new Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query('CREATE UNLOGGED TABLE bench_event (doc jsonb NOT NULL)');
const begun = performance.now();
const copied = await client.query(
  `COPY bench_event FROM '${file.replaceAll("'", "''")}' WITH (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')`,
);
const { rows } = await client.query<{ phase: string; p95: number }>(
  `SELECT doc->>'phase' AS phase,
          percentile_cont(0.95) WITHIN GROUP (ORDER BY (doc->>'duration_ms')::double precision) AS p95
   FROM bench_event WHERE doc->>'event' = 'autosave.save.completed' GROUP BY 1`,
);
const ended = performance.now();
await client.query('DROP TABLE bench_event');
await client.end();
reportOutcome(begun, ended, {
  events: copied.rowCount ?? 0,
  p95ByPhase: Object.fromEntries(rows.map(({ phase, p95 }) => [phase, p95])),
});
