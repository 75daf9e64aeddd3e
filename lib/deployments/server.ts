export { deploymentsWithin, listDeployments } from './deployment.store.ts';
export { type RecordDeploymentCommand, recordDeployment } from './record-deployment.run.ts';
