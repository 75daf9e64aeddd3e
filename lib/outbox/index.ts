export { ALERT_KINDS } from './alert-kinds.ts';
export {
  LEVEL_OF,
  LEVELS,
  type Level,
  LevelSchema,
  type MessageCause,
  MessageCauseSchema,
} from './message.schema.ts';
export { type Route, routesOf } from './routes.ts';
