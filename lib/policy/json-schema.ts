import { z } from 'zod';
import { EventCatalogueSchema } from './events.schema.ts';
import { KillSwitchRulesSchema } from './killswitch-rules.schema.ts';
import { PolicySchema } from './policy.schema.ts';
import { RetryPolicySchema } from './retry-policy.schema.ts';

/** JSON Schemas of the governance files, for editors; keyed by file name in governance/. */
export function governanceJsonSchemas(): Record<string, string> {
  const render = (title: string, schema: z.ZodType) =>
    `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) }, null, 2)}\n`;
  return {
    'policy.schema.json': render('Phasegate policy', PolicySchema),
    'events.schema.json': render('Phasegate telemetry events', EventCatalogueSchema),
    'retry-policy.schema.json': render('Phasegate retry plans', RetryPolicySchema),
    'killswitch-rules.schema.json': render('Phasegate kill switch rules', KillSwitchRulesSchema),
  };
}
