import { defineConfig } from '@playwright/test';
import { findChromium } from './shared/src/testing/set-up/chromium.ts';

const chromium = findChromium(process.env);

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.browser.spec.ts',
  // Each spec file starts the whole product itself; two at once on a small machine would measure each other.
  workers: 1,
  // For what hangs, and wide enough for a slow machine.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  outputDir: 'test-results',
  reporter: 'list',
  use: {
    // A trace of what will be thrown away takes a fifth of the time; of one that fails: --trace on.
    trace: 'off',
    launchOptions: {
      ...(chromium && { executablePath: chromium }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
