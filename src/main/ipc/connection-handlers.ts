import { failure } from '../../shared/failure.ts'
import type { connectionRequests } from '../../shared/ipc/connection-requests.ts'
import type { ReplayState } from '../../shared/ipc/settings.ts'
import type { ConnectionDiagnosis } from '../../shared/model/connection-diagnosis.ts'
import type { ConnectionImport, ConnectionProfile } from '../../shared/model/connection-profile.ts'
import { checkProfile, resolveProfile, tokenProblem } from '../../shared/model/profile-check.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { diagnose } from '../client/diagnose.ts'
import type { Connections } from '../connections/connections.ts'
import { VCAP_SERVICES } from '../connections/bluemix.ts'
import type { KeptConnections } from '../connections/kept-connections.ts'
import { exportText, importProfiles, importVcap } from '../connections/transfer.ts'
import type { Log } from '../log.ts'
import type { TokenVault } from '../tokens/token-vault.ts'
import type { HandlersOf } from './answer-request.ts'

/** What the window may ask of the local platform beyond its protocol. */
export interface LocalPlatformControl {
  /** Starts it again at once instead of after its back-off; nothing when it runs. */
  restart(): void
  readReplay(): Promise<Result<ReplayState>>
  changeReplay(change: Partial<ReplayState>): Promise<Result<ReplayState>>
}

/** The parts of the desktop that connections need; none of them shows a secret to the window. */
export interface ConnectionDesktop {
  writeClipboard(text: string): void
  /** Asks for a place and writes the text there; undefined when the person chose none. */
  saveFile(suggestedName: string, content: string): Promise<Result<string> | undefined>
  /** Asks for a file and answers its text; undefined when the person chose none. */
  openTextFile(title: string): Promise<Result<string> | undefined>
  /** Asks, then shows the secret in a dialog of the system; answers whether it was shown. */
  revealSecret(shown: {
    readonly title: string
    readonly question: string
    readonly secret: string
  }): Promise<boolean>
}

export interface ConnectionHandlerParts {
  readonly connections: Connections
  readonly kept: KeptConnections
  readonly vault: TokenVault
  readonly localPlatform: LocalPlatformControl
  readonly desktop: ConnectionDesktop
  readonly log: Log
  readonly environment?: Readonly<Record<string, string | undefined>>
}

export const connectionHandlers = ({
  connections,
  kept,
  vault,
  localPlatform,
  desktop,
  log,
  environment = process.env
}: ConnectionHandlerParts): HandlersOf<
  keyof typeof connectionRequests | 'restartLocalPlatform' | 'readReplay' | 'changeReplay'
> => {
  async function textOf(source: VcapSource): Promise<Result<string> | undefined> {
    switch (source.kind) {
      case 'text':
        return success(source.text)
      case 'file':
        return desktop.openTextFile(`Import ${VCAP_SERVICES}`)
      case 'environment': {
        const text = environment[VCAP_SERVICES]
        return text === undefined ? failed(NO_VARIABLE) : success(text)
      }
    }
  }

  /** The token to try a profile with: what was typed, else what is kept. */
  async function tokenToTry(
    connectionId: string | undefined,
    typed: string | undefined
  ): Promise<Result<string>> {
    if (typed === undefined) return connectionId === undefined ? failed(NO_TOKEN) : kept.token(connectionId)
    log.protect(typed.trim())
    const problem = tokenProblem(typed)
    return problem === undefined
      ? success(typed.trim())
      : failed(failure('input/invalid', { message: problem, hint: null }))
  }

  return {
    listConnections: () => success(connections.list()),
    listProfiles: () => success(kept.profiles()),
    saveConnection: (draft) => kept.save(draft),
    deleteConnection: ({ connectionId }) => kept.remove(connectionId),
    openConnection: ({ connectionId }) => kept.open(connectionId),
    closeConnection: ({ connectionId }) => kept.close(connectionId),
    testConnection: async ({ connectionId, profile: given, apiToken }) => {
      const profile = given ?? kept.profiles().find((known) => known.connectionId === connectionId)?.profile
      if (profile === undefined) return failed(NO_PROFILE)
      // A trial needs no name.
      const problems = checkProfile({ ...profile, name: 'trial' }, kept.defaults)
      const error = problems.find(({ severity }) => severity === 'error')
      if (error !== undefined) {
        return failed(
          failure('input/invalid', { message: error.message, hint: null, details: { member: error.member } })
        )
      }
      const token = await tokenToTry(connectionId, apiToken)
      return token.ok ? success(await tryProfile(profile, token.value)) : token
    },

    importVcapServices: async ({ source, host }) => {
      const text = await textOf(source)
      if (text === undefined) return success(CANCELLED)
      return text.ok ? importVcap(text.value, host ?? '', kept) : text
    },
    exportConnections: async () => {
      const profiles = kept.profiles().map(({ profile }) => profile)
      const saved = await desktop.saveFile('flowscope-connections.json', exportText(profiles))
      if (saved === undefined) return success(null)
      return saved.ok ? success({ filePath: saved.value, connections: profiles.length }) : saved
    },
    importConnections: async () => {
      const text = await desktop.openTextFile('Import connections')
      if (text === undefined) return success(CANCELLED)
      return text.ok ? importProfiles(text.value, kept) : text
    },

    readVault: async () => success(await vault.check()),
    copyToken: async ({ connectionId }) => {
      const token = await kept.token(connectionId)
      if (!token.ok) return token
      desktop.writeClipboard(token.value)
      return success(null)
    },
    revealToken: async ({ connectionId }) => {
      const token = await kept.token(connectionId)
      if (!token.ok) return token
      const name = connections.find(connectionId)?.name ?? connectionId
      const wasShown = await desktop.revealSecret({
        title: `Token of ${name}`,
        question: `Show the token of ${name}?`,
        secret: token.value
      })
      return success({ wasShown })
    },

    readConnectionDefaults: () => success(kept.defaults),
    changeConnectionDefaults: (change) => kept.changeDefaults(change),

    restartLocalPlatform: () => {
      localPlatform.restart()
      return success(null)
    },
    readReplay: () => localPlatform.readReplay(),
    changeReplay: ({ isPaused, ratePerSecond }) =>
      localPlatform.changeReplay({
        ...(isPaused === undefined ? {} : { isPaused }),
        ...(ratePerSecond === undefined ? {} : { ratePerSecond })
      })
  }

  async function tryProfile(profile: ConnectionProfile, apiToken: string): Promise<ConnectionDiagnosis> {
    const { account, host, liveHost, isSecure, version, verifyCertificate } = resolveProfile(
      profile,
      kept.defaults
    )
    const diagnosis = await diagnose(
      { host, liveHost, isSecure, version },
      { account, apiToken },
      { verifyCertificate }
    )
    const [warning] = checkProfile({ ...profile, name: 'trial' }, kept.defaults)
    if (warning === undefined) return diagnosis
    // What is risky is no failure, and belongs where people look whether the connection is safe.
    return {
      ...diagnosis,
      steps: diagnosis.steps.map((step) =>
        step.kind === 'tls' && step.hint === undefined ? { ...step, hint: warning.message } : step
      )
    }
  }
}

type VcapSource =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file' }
  | { readonly kind: 'environment' }

const CANCELLED: ConnectionImport = { wasCancelled: true, connectionIds: [], leftOut: [] }

const NO_VARIABLE = failure('input/invalid', {
  message: `The environment of Flowscope has no variable ${VCAP_SERVICES}.`,
  hint: 'Set it before Flowscope starts, or paste its value.'
})
const NO_PROFILE = failure('input/invalid', {
  message: 'There is no such connection.',
  hint: 'It may have been removed: choose another one.'
})
const NO_TOKEN = failure('input/invalid', {
  message: 'Without a token the platform cannot be asked anything.',
  hint: 'Paste the token of the account.'
})
