import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import tseslint from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

/**
 * Who may name what: one door each way (ARCHITECTURE.md, "Rooms and arrows").
 * @param {string[]} names
 * @param {string} message
 * @returns {['error', object]}
 */
const doors = (names, message) => ['error', { paths: [{ name: 'electron', importNames: names, message }] }]

export default tseslint.config(
  { ignores: ['out/', 'dist/', 'node_modules/', '.flowscope/', 'test/e2e/results/'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: {
      'no-undef': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      eqeqeq: ['error', 'always'],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error'
    }
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.svelte'], svelteConfig }
    },
    rules: { 'svelte/no-at-html-tags': 'error' }
  },
  {
    files: ['src/main/**/*.ts'],
    ignores: ['src/main/ipc/handle.ts'],
    rules: { 'no-restricted-imports': doors(['ipcMain'], 'Only src/main/ipc/handle.ts names ipcMain.') }
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' }
  }
)
