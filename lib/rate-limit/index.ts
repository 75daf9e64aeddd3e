export { fixedWindowLimiter, type Limit, type LimitDecision, type Limiter } from './fixed-window.ts';
