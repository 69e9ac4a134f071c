import { defineConfig } from '@playwright/test'
import suite from './playwright.config.ts'

/** `npm run screens`: pictures of every view, for people to look at; they are no tests. */
export default defineConfig({
  ...suite,
  testMatch: 'screens.shots.ts',
  timeout: 120_000,
  expect: { timeout: 20_000 }
})
