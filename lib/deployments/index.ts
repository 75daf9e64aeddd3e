export {
  type Deployment,
  type DeploymentList,
  DeploymentListSchema,
  type DeploymentOutcome,
  DeploymentOutcomeSchema,
  type DeploymentQuery,
  DeploymentQuerySchema,
  DeploymentSchema,
  type RecordDeployment,
  RecordDeploymentSchema,
} from './deployment.schema.ts';
