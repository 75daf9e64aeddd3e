export { type RehearseCommand, rehearse } from './rehearse.run.ts';
