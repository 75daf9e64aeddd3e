export const SIGNING_KEY = `signkey-prod-${'ab12'.repeat(16)}`;
export const EVENT_KEY = 'test-event-key';
