import { z } from 'zod';
import { postJson } from './fetch-json.ts';

const API = '/api/v1';
const id = encodeURIComponent;

// What a command answers is shown from the reloaded page, so only its success matters here.
const AnyAnswerSchema = z.unknown();

/** Counts the line again with this text in its place (TEL-10). Errors: RequestFailed; 422 when it is still refused. */
export function replayQuarantined(rowId: string, raw: string): Promise<unknown> {
  return postJson(AnyAnswerSchema, `${API}/quarantine/${id(rowId)}/replay`, { raw });
}

/** Marks the line as not worth counting; it stays on record. */
export function discardQuarantined(rowId: string): Promise<unknown> {
  return postJson(AnyAnswerSchema, `${API}/quarantine/${id(rowId)}/discard`, {});
}

/** Starts a function now. Errors: ApiError, as for every call here. */
export function runJob(functionId: string): Promise<unknown> {
  return postJson(AnyAnswerSchema, `${API}/jobs/${id(functionId)}/run`, {});
}

/** Ends a run before its next step. */
export function cancelJobRun(runId: string): Promise<unknown> {
  return postJson(AnyAnswerSchema, `${API}/jobs/runs/${id(runId)}/cancel`, {});
}
