export { SIGHT_ACTIONS, type SightAction, sightChange } from './sight-change.ts';
