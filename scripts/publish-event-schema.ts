import { mkdir, writeFile } from 'node:fs/promises';
import { loadPolicy } from '#lib/policy/server.ts';
import { eventJsonSchema } from '#lib/telemetry/index.ts';

// Writes the JSON Schema of the telemetry events for senders (TEL-12); run it after a change of governance/events.yaml.
const { catalogue } = await loadPolicy();
const file = `public/schemas/telemetry-v${catalogue.version}.schema.json`;
await mkdir('public/schemas', { recursive: true });
await writeFile(file, `${JSON.stringify(eventJsonSchema(catalogue), null, 2)}\n`);
console.log(`wrote ${file}`);
