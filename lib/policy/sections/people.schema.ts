import { z } from 'zod';
import { DurationSchema } from '../duration.ts';
import { IdSchema, LocalizedTextSchema } from './values.schema.ts';

/** Everything a program may do that needs a permission. */
export const PERMISSIONS = [
  'view',
  'roll_back',
  'decide_rollback',
  'promote',
  'approve',
  'sign_off',
  'answer_checklist',
  'sign_review',
  'halt',
  'rearm',
  'freeze',
  'pause_collection',
  'close_incident',
  'send_again',
  'report_bug',
  'record_deployment',
  'rehearse',
  'resolve_quarantine',
  'run_job',
  'cancel_job',
  'manage_users',
  'manage_keys',
] as const;
export const PermissionSchema = z.enum(PERMISSIONS);
export type Permission = z.infer<typeof PermissionSchema>;

/** What a machine can answer of a checklist; anything else is asked of a person. */
export const CHECKLIST_CHECKS = [
  /** Every deciding objective of the phase was measured in the newest window. */
  'objectives_measured',
  /** No telemetry line waits in the quarantine. */
  'telemetry_valid',
  /** The newest verdict of the phase met every objective. */
  'objectives_met',
  /** After a rollback the next canary date is on record. */
  'canary_planned',
] as const;
export type ChecklistCheck = (typeof CHECKLIST_CHECKS)[number];

/** A question of a checklist, and who answers it (PHA-7). */
export const ChecklistItemSchema = z
  .strictObject({
    id: IdSchema,
    label: LocalizedTextSchema,
    check: z.enum(CHECKLIST_CHECKS).optional(),
    role: IdSchema.optional(),
  })
  .refine((item) => (item.check === undefined) !== (item.role === undefined), {
    error: 'an item is answered either by a check or by a person with a role',
  });
export type ChecklistItem = z.infer<typeof ChecklistItemSchema>;

/** How people's words count (PHA-3). */
export const SignaturesSchema = z
  .strictObject({
    approvalsExpireAfter: DurationSchema,
    /** Others than whoever broke the glass who must sign before the next promotion. */
    reviewSigners: z.int().positive(),
    /** People who must agree before the kill switch is armed again. */
    rearmSigners: z.int().min(2),
  })
  .transform(({ approvalsExpireAfter, ...rest }) => ({
    ...rest,
    approvalsExpireAfterSeconds: approvalsExpireAfter,
  }));

/** Keys with which people act as themselves through the API. */
export const PersonalKeysSchema = z
  .strictObject({ expireWithin: DurationSchema })
  .transform(({ expireWithin }) => ({ expireWithinSeconds: expireWithin }));

/** How people come in, and what somebody is who signs in with GitHub for the first time. */
export const SignInSchema = z
  .strictObject({
    sessionEndsAfter: DurationSchema,
    /** The one-time link that makes the first administrator. */
    setupLinkEndsAfter: DurationSchema,
    newAccountRole: IdSchema,
  })
  .transform(({ sessionEndsAfter, setupLinkEndsAfter, ...rest }) => ({
    ...rest,
    sessionSeconds: sessionEndsAfter,
    setupLinkSeconds: setupLinkEndsAfter,
  }));
