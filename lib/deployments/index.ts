export {
  type Deployment,
  type DeploymentList,
  type DeploymentOutcome,
  type DeploymentQuery,
  DeploymentQuerySchema,
  type RecordDeployment,
  RecordDeploymentSchema,
} from './deployment.schema.ts';
