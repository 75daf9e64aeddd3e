/** What our app is called at its engine; the ids of its functions begin with it. Without the SDK, which runners do not need. */
export const APP_ID = 'phasegate';
