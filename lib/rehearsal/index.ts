export {
  type Rehearsal,
  type RehearsalRequest,
  RehearsalRequestSchema,
} from './rehearsal.schema.ts';
