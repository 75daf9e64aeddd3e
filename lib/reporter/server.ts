export { deliverDue } from './deliveries/deliver.run.ts';
export { isDeliveryDue } from './deliveries/delivery.store.ts';
export { sendDeliveryAgain } from './deliveries/send-again.run.ts';
export { writeIncidentReports } from './files/incident-reports.run.ts';
export { putFiles } from './files/put-files.run.ts';
export { keepReport, listReports, readReport } from './files/report-file.store.ts';
export { takePagerDutyWebhook } from './inbound/pagerduty-webhook.run.ts';
export { takeSlackInteraction } from './inbound/slack-press.run.ts';
export { reportWindow } from './report.run.ts';
