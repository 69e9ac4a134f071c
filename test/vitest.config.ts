import { resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const root = resolve(import.meta.dirname, '..')

/** Component state needs Svelte's compiler and its browser build, which for other packages would be the wrong one. */
const RUNE_TESTS = 'test/**/*.svelte.test.ts'

const shared = {
  // Real parts take real time on a busy machine of two cores: a socket, a database, a process.
  testTimeout: 15_000,
  hookTimeout: 30_000
}

export default defineConfig({
  root,
  test: {
    // Processes: the platform, workers and signals behave in them as they do in the app.
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        root,
        test: {
          ...shared,
          name: 'node',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [RUNE_TESTS, 'test/e2e/**', 'test/bench/**', '**/node_modules/**']
        }
      },
      {
        root,
        plugins: [svelte()],
        resolve: { conditions: ['browser'] },
        test: { ...shared, name: 'runes', environment: 'node', include: [RUNE_TESTS] }
      }
    ]
  }
})
