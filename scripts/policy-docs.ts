#!/usr/bin/env node
// Writes docs/policy.md and docs/policy.ja.md from governance/ (PHA-6: the generated documents follow).
import { writeFile } from 'node:fs/promises';
import { loadPolicy } from '#lib/policy/server.ts';
import { policyMarkdown } from './policy-docs/markdown.ts';

const governance = await loadPolicy('governance');
await writeFile('docs/policy.md', policyMarkdown(governance, 'en'));
await writeFile('docs/policy.ja.md', policyMarkdown(governance, 'ja'));
