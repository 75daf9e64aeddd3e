#!/usr/bin/env node
// The mission's `cli`: npx phasegate rollback --target=<rollout> --phase=<current> --reason="…" (ROL-2), and every other verb
import { TERMINAL } from './cli/command-io.ts';
import { runPhasegate } from './cli/command-line.ts';

process.exitCode = await runPhasegate(process.argv.slice(2), TERMINAL);
