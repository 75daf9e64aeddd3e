export { writeFileAtomically } from './atomic-file.run.ts';
