export { type Breach, type GeneratorOptions, generateEvents } from './generate-events.ts';
export { BREACHABLE_METRICS, breached, HEALTHY, healthyProfile, type PhaseProfile } from './profile.ts';
