import { resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'

const source = (file: string): string => resolve(import.meta.dirname, 'src', file)

/**
 * Every file that starts as a process or a worker of its own is a named input here: the bundler does not see a
 * `new Worker(new URL('./x.ts', import.meta.url))`. `src/platform/entry-file.ts` finds them again at run time.
 */
export default defineConfig({
  main: {
    build: {
      externalizeDeps: true,
      rollupOptions: {
        input: {
          index: source('main/index.ts'),
          'platform-process': source('platform/platform-process.ts'),
          'keychain-process': source('main/tokens/keychain-process.ts'),
          'reader-worker': source('platform/store/reader-worker.ts'),
          'filter-worker': source('platform/engine/filter-worker.ts'),
          'transform-worker': source('platform/engine/transform/transform-worker.ts'),
          'flow-reader-module': source('platform/store/flow-reader-module.ts'),
          'zip-code-regions': source('shared/filter/zip-code-regions.ts')
        },
        output: { format: 'es', entryFileNames: '[name].js' }
      }
    }
  },
  preload: {
    build: {
      // A sandboxed preload has no module loader: one CommonJS file.
      rollupOptions: {
        input: { index: source('preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' }
      }
    }
  },
  renderer: {
    root: source('renderer'),
    plugins: [svelte()],
    worker: { format: 'es' },
    build: {
      minify: true,
      rollupOptions: { input: { index: source('renderer/index.html') } }
    }
  }
})
