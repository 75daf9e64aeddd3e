export { type RouteHandler, type RouteInput, route } from './route.run.ts';
