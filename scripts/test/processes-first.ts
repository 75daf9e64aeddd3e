import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { startsProcesses } from './alone.ts';

/**
 * What starts processes takes long and is short to read; Vitest begins with the largest files. Begun last, it would keep
 * one worker busy while the others have nothing left.
 */
export class ProcessesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const first = new Set(sorted.filter(({ moduleId }) => startsProcesses(moduleId)));
    // Projects stay together. The one whose files each get a process comes first: its files are the long ones.
    const alone = ({ project }: TestSpecification) => Number(project.config.isolate);
    const projects = sorted
      .toSorted((one, other) => alone(other) - alone(one))
      .map(({ project }) => project.name);
    const names = [...new Set(projects)];
    return names.flatMap((name) => {
      const own = sorted.filter(({ project }) => project.name === name);
      return [...own.filter((file) => first.has(file)), ...own.filter((file) => !first.has(file))];
    });
  }
}
