import { createHash } from 'node:crypto';

const SEAL = /\n<!-- phasegate draft ([0-9a-f]{64}) -->\n$/;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A draft with its own hash at its end, by which it is known later whether a person has written in it. Pure. */
export function sealed(draft: string): string {
  const body = `${draft.trimEnd()}\n`;
  return `${body}\n<!-- phasegate draft ${sha256(body)} -->\n`;
}

/** Whether a text is a draft that nobody has changed since it was made. Pure. */
export function isUntouched(text: string): boolean {
  const found = SEAL.exec(text);
  return found !== null && sha256(text.slice(0, found.index)) === found[1];
}
