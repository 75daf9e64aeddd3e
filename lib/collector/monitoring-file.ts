import { z } from 'zod';
import { type WindowSeries, WindowSeriesSchema } from '#lib/telemetry/index.ts';

/** The first line of a normalised output file (COL-3). Window: half-open [start, end), UTC. */
export const MonitoringHeaderSchema = z.strictObject({
  schema_version: z.literal(1),
  window: z.strictObject({ start: z.iso.datetime(), end: z.iso.datetime() }),
  policy_version: z.string().regex(/^[0-9a-f]{64}$/),
  /** Present and true when nothing in the file may be taken for measured reality (COL-7). */
  dry_run: z.literal(true).optional(),
});
export type MonitoringHeader = z.infer<typeof MonitoringHeaderSchema>;

export type MonitoringFile = { header: MonitoringHeader; series: WindowSeries[] };

/** A normalised output file that cannot be read; names the file and the line. */
export class MonitoringFileError extends Error {
  override readonly name = 'MonitoringFileError';
}

/** `20261121T1330Z`: the start of a window as it names its output file. */
export function monitoringFileName(windowStart: Date): string {
  const iso = windowStart.toISOString();
  return `${iso.slice(0, 16).replaceAll(/[-:]/g, '')}Z.jsonl`;
}

/** The file's text: the header line, then one series per line, in the order of their keys. */
export function formatMonitoringFile(file: MonitoringFile): string {
  const lines = [
    MonitoringHeaderSchema.parse(file.header),
    ...file.series.map((s) => WindowSeriesSchema.parse(s)),
  ];
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

/** The inverse of {@link formatMonitoringFile} (ANA-8). Errors: {@link MonitoringFileError} with file and line. */
export function parseMonitoringFile(name: string, text: string): MonitoringFile {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const [first, ...rest] = lines;
  if (first === undefined) throw new MonitoringFileError(`${name}: the file is empty`);
  return {
    header: parseLine(name, 1, first, MonitoringHeaderSchema),
    series: rest.map((line, index) => parseLine(name, index + 2, line, WindowSeriesSchema)),
  };
}

function parseLine<T>(name: string, line: number, text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MonitoringFileError(`${name}:${line}: not JSON`, { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new MonitoringFileError(
    `${name}:${line}: ${issue ? `${issue.path.join('.') || '(line)'}: ${issue.message}` : 'not a window series'}`,
  );
}
