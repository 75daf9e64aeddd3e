import { z } from 'zod';
import { postJson } from './fetch-json.ts';

// What a command answers is shown from the reloaded page, so only its success matters here.
const AnyAnswerSchema = z.unknown();
const url = (incidentId: string) => `/api/v1/incidents/${encodeURIComponent(incidentId)}`;

/** Names who owns an incident and its RCA (INC-1). Errors: RequestFailed; 409 once it is closed. */
export function nameOwner(incidentId: string, ownerId: string): Promise<unknown> {
  return postJson(AnyAnswerSchema, `${url(incidentId)}/owner`, { ownerId });
}

/** Keeps what the reader says of a step (INC-2). Errors: RequestFailed; 409 once it is closed. */
export function commentOnStep(incidentId: string, step: string, comment: string): Promise<unknown> {
  return postJson(AnyAnswerSchema, `${url(incidentId)}/comments`, { step, comment });
}

/** Where a report is to be had as a file (REP-5). */
export function reportFileUrl(path: string): string {
  return `/api/v1/reports/file?path=${encodeURIComponent(path)}`;
}

/** Says where the RCA can be read (ROL-6). Errors: RequestFailed. */
export function shareRca(incidentId: string, rcaUrl: string): Promise<unknown> {
  return postJson(AnyAnswerSchema, `${url(incidentId)}/rca-shared`, { url: rcaUrl });
}
