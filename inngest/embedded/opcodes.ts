/** What the runner does with each operation the SDK can answer. Source: StepOpCode of the inngest package. */
export const SUPPORTED_OPS = [
  'StepRun',
  'StepError',
  'StepFailed',
  'StepPlanned',
  'Sleep',
  'WaitForEvent',
  'InvokeFunction',
  'RunComplete',
] as const;

/** Operations that fail the run, with the reason that its error gives. Nothing the SDK asks for is ignored. */
export const REFUSED_OPS = {
  Step: 'it belongs to an execution version that this SDK no longer speaks',
  StepNotFound: 'the SDK answers HTTP 500 for a step it cannot find',
  WaitForSignal: 'signals need an Inngest server',
  AIGateway: 'step.ai.infer needs an Inngest server; use step.run and call the model there',
  Gateway: 'a durable fetch needs an Inngest server; use step.run and fetch there',
  DiscoveryRequest: 'checkpointing is never offered to the SDK',
  DeferAdd: 'deferred functions need an Inngest server; send an event instead',
  DeferAbort: 'deferred functions need an Inngest server',
} as const;

export type SupportedOp = (typeof SUPPORTED_OPS)[number];

/** Whether this runner can do what a step asks for. */
export function isSupportedOp(op: string): op is SupportedOp {
  return (SUPPORTED_OPS as readonly string[]).includes(op);
}

/** Why `op` is refused, naming it. */
export function refusalOf(op: string): string {
  const known = Object.entries(REFUSED_OPS).find(([name]) => name === op);
  const why = known?.[1] ?? 'it is unknown to this version of Phasegate';
  return `operation ${op} is not supported by the embedded runner: ${why}`;
}
