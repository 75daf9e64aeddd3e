export { APP_ERROR_CODES, AppError, type AppErrorCode, type FieldIssue } from './app-error.ts';
