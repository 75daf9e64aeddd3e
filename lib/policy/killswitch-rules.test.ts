import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PolicyError, parsePolicy } from './index.ts';

const read = (name: string) => ({
  file: `governance/${name}`,
  text: readFileSync(`governance/${name}`, 'utf8'),
});
const shipped = read('killswitch-rules.yaml');
const parse = (text: string | null = shipped.text) =>
  parsePolicy({
    policy: read('policy.yaml'),
    events: read('events.yaml'),
    ...(text === null ? {} : { killSwitch: { ...shipped, text } }),
  });

function problemsOf(from: string, to: string): string {
  if (!shipped.text.includes(from)) throw new Error(`the rules no longer contain: ${from}`);
  try {
    parse(shipped.text.replace(from, to));
  } catch (error) {
    if (error instanceof PolicyError) return error.message;
    throw error;
  }
  throw new Error('expected the rules to be refused');
}

describe('governance/killswitch-rules.yaml', () => {
  it('has a rule for flapping, loops, runaway retries and resource use; flapping is 3 changes in an hour [OPS-7]', () => {
    const { rules } = parse().killSwitch;
    expect(rules.find(({ id }) => id === 'flapping')).toMatchObject({
      enabled: true,
      scope: 'rollout',
      condition: { kind: 'phase_changes', count: 3, withinSeconds: 3600 },
    });
    expect(new Set(rules.map(({ condition }) => condition.kind))).toEqual(
      new Set([
        'phase_changes',
        'runs_of_function',
        'calls_of_run',
        'retries_of_function',
        'memory',
        'database_size',
        'database_connections',
      ]),
    );
    expect(rules.every(({ label }) => label.ja !== '' && label.en !== '')).toBe(true);
  });

  it('is part of the version: any edit is a new one, and none at all is another [PHA-6]', () => {
    const hashes = [parse().hash, parse(`${shipped.text}\n`).hash, parse(null).hash];
    expect(new Set(hashes).size).toBe(3);
    expect(parse(null).killSwitch.rules).toEqual([]);
    expect(parse().killSwitchYaml).toBe(shipped.text);
  });

  it('is refused with line, column and a suggestion when something in it is wrong [PHA-6]', () => {
    expect(problemsOf('within: 1h', 'witin: 1h')).toMatch(
      /killswitch-rules\.yaml:\d+:\d+ rules\[0\]\.condition\.witin: unknown key "witin" — did you mean "within"\?/,
    );
    expect(problemsOf('id: loop\n', 'id: flapping\n')).toContain('rule "flapping" is listed twice');
    expect(problemsOf('count: 3', 'count: 1')).toContain('rules[0].condition.count');
    expect(problemsOf('id: loop\n', 'id: loop\n    scope: rollout\n')).toContain(
      'only phase_changes is about one rollout',
    );
    expect(problemsOf('share: 0.95', 'share: 95')).toContain('condition.share');
  });
});
