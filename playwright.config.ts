import { defineConfig } from 'playwright/test';
import { findChromium } from './scripts/machine/chromium.ts';

const executablePath = findChromium();

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  globalSetup: './e2e/global-setup.ts',
  // One instance serves all journeys, and some change its state.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  // Nothing is timed: the limits only end what hangs, also on a busy machine.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  reporter: [['list'], ['json', { outputFile: '.data/test/e2e.json' }]],
  use: {
    baseURL: process.env.PHASEGATE_E2E_URL ?? '',
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    timezoneId: 'Asia/Tokyo',
    // A trace costs a sixth of a run; PHASEGATE_E2E_TRACE=1 records one of each failure.
    trace: process.env.PHASEGATE_E2E_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        '--disable-background-networking',
        '--disable-component-update',
        // Chromium's sandbox refuses to run as root.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    },
  },
});
