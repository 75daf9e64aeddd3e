export { deliverDue } from './deliveries/deliver.run.ts';
export { isDeliveryDue } from './deliveries/delivery.store.ts';
export { sendDeliveryAgain } from './deliveries/send-again.run.ts';
export { reportWindow } from './report.run.ts';
