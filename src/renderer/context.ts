import { createContext } from 'svelte'
import type { AppState } from './window/app.svelte.ts'

/** The state of the window, for every component below `App.svelte`. */
export const [useApp, provideApp] = createContext<AppState>()
