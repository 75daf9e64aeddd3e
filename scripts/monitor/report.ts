#!/usr/bin/env node
// monitor:report (REP-8): writes what the Reporter writes and prints where, as one JSON object.
import { Command } from 'commander';
import { disconnectDatabase } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { writeDashboard, writeIncidentReports } from '#lib/reporter/server.ts';
import { resolveInstance } from '#scripts/machine/instance.ts';
import { printJson, resolvePhase, runCommand } from './command-input.ts';

type Options = { phase: string; rollout?: string; instance?: string };

const program = new Command('monitor:report')
  .description('Writes the dashboard file and the reports of incidents, and prints their paths.')
  .requiredOption('--phase <phase>', 'the phase, such as A-1 or B')
  .option('--rollout <rollout>', 'needed only where several rollouts have a phase of that name')
  .option('--instance <name>', 'demo or live, when both run')
  .exitOverride();

await runCommand(async () => {
  const options = program.parse().opts<Options>();
  const { policy } = await loadPolicy();
  const { rolloutId, phase } = resolvePhase(policy, options.phase, options.rollout);
  resolveInstance(options.instance);
  const now = new Date();
  const { file, dashboard } = await writeDashboard(now);
  const { kept, written, failures } = await writeIncidentReports(now);
  const entry = dashboard.rollouts.find(({ rollout }) => rollout === rolloutId) ?? null;
  printJson({
    rollout: rolloutId,
    phase,
    dashboard: file,
    reports: [...new Set([...kept, ...written])].sort(),
    /** The newest verdict of this phase; null where the rollout is, or was last judged, in another. */
    verdict: entry?.latest?.phase === phase ? entry.latest : null,
    current_phase: entry?.current_phase ?? null,
    failures,
  });
  return failures.length > 0 ? 1 : 0;
}, disconnectDatabase);
