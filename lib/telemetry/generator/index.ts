export { type Breach, type GeneratorOptions, generateEvents } from './generate-events.ts';
export { BREACHABLE_METRICS, type PhaseProfile } from './profile.ts';
