import { defineConfig } from '@playwright/test'

/** Each test starts the app itself, in the runtime that `build/e2e.ts` chose. */
export default defineConfig({
  testDir: '.',
  outputDir: './results',
  // One app at a time: two of them would share two cores, and tests look at times.
  workers: 1,
  timeout: 60_000,
  // Patient: a machine that does other things too is slow, not wrong.
  expect: { timeout: 15_000 },
  // A test that passes at the second attempt has failed.
  retries: 0,
  forbidOnly: true,
  reporter: 'list'
})
