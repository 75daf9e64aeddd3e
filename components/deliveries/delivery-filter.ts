import { type DeliveryFilter, DeliveryQuerySchema } from '#lib/dashboard/index.ts';

const FilterSchema = DeliveryQuerySchema.pick({
  state: true,
  channel: true,
  level: true,
  rollout: true,
  incident: true,
});
const NAMES = ['state', 'channel', 'level', 'rollout', 'incident'] as const;
export type FilterName = (typeof NAMES)[number];

/** What the address narrows the list down to; a value that is none narrows nothing down. Pure. */
export function deliveryFilterOf(read: (name: FilterName) => string | null): DeliveryFilter {
  const entries = NAMES.flatMap((name) => {
    const value = read(name);
    return value !== null && FilterSchema.shape[name].safeParse(value).success ? [[name, value]] : [];
  });
  return FilterSchema.parse(Object.fromEntries(entries));
}
