export {
  type Rehearsal,
  type RehearsalRequest,
  RehearsalRequestSchema,
  RehearsalSchema,
} from './rehearsal.schema.ts';
