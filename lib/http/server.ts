export { readTextBody } from './parse-request.ts';
export { type RouteHandler, type RouteInput, route } from './route.run.ts';
export { answerFile, answerLines } from './streamed.ts';
