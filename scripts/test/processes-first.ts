import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const STARTS_PROCESSES = /from 'node:child_process'|#scripts\/test\/mission\.ts|ensurePostgres/;

/**
 * What starts processes takes long and is short to read; Vitest begins with the largest files. Begun last, it would keep
 * one worker busy while the others have nothing left.
 */
export class ProcessesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const first = new Set(
      sorted.filter(({ moduleId }) => STARTS_PROCESSES.test(readFileSync(moduleId, 'utf8'))),
    );
    // Projects stay together, in the order Vitest gave them.
    const names = [...new Set(sorted.map(({ project }) => project.name))];
    return names.flatMap((name) => {
      const own = sorted.filter(({ project }) => project.name === name);
      return [...own.filter((file) => first.has(file)), ...own.filter((file) => !first.has(file))];
    });
  }
}
