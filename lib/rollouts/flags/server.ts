export { answerTag, evaluateKey, versionOfTag } from './configuration.ts';
export { type EvaluationContext, parseEvaluationRequest } from './evaluation-context.ts';
export { closeFlagSource, currentFlags, readBackFlag } from './flag-source.run.ts';
export { flagStream } from './flag-stream.run.ts';
export { flagdDocument } from './flagd.ts';
export { bulkAnswer, flagAnswer, matchesTag } from './ofrep.ts';
