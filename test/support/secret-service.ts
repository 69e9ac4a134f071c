import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A real keychain for one test: a session bus of its own and a gnome-keyring with a throw-away collection. */
export interface SecretService {
  /** What a process needs to find this one and no other. */
  readonly environment: Readonly<Record<string, string>>
  /** Locks the collection; nobody is there to type its password. */
  lock(): Promise<void>
  /** The keyring is gone at once, as after a crash. What it kept is on the disk. */
  kill(): Promise<void>
  /** The keyring stops answering without being gone, until it is killed or goes on. */
  freeze(): void
  goOn(): void
  /** A keyring with what is on the disk, unlocked. */
  startKeyring(): Promise<void>
  /** Ends both by their process ids. */
  close(): Promise<void>
}

const run = promisify(execFile)
const PASSWORD = 'throw-away'

export const canStartSecretService = [
  '/usr/bin/dbus-daemon',
  '/usr/bin/dbus-send',
  '/usr/bin/gnome-keyring-daemon'
].every((file) => existsSync(file))

/** Without a folder of services nothing is started by the bus: what is not there stays away. */
const BUS_CONFIG = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

/** An environment in which no bus and no keychain can be found, whatever the machine has. */
export function noSecretService(): { readonly environment: Readonly<Record<string, string>>; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'flowscope-no-keyring-'))
  return {
    environment: {
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(folder, 'none')}`,
      XDG_RUNTIME_DIR: folder,
      DISPLAY: ''
    },
    close: () => {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** Starts a bus and, unless told otherwise, an unlocked keyring on it. */
export async function startSecretService({ withKeyring = true } = {}): Promise<SecretService> {
  const folder = mkdtempSync(join(tmpdir(), 'flowscope-keyring-'))
  for (const name of ['data', 'run', 'cache']) mkdirSync(join(folder, name), { mode: 0o700 })
  const config = join(folder, 'bus.conf')
  writeFileSync(config, BUS_CONFIG)
  const bus = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--print-address=1'], {
    stdio: ['ignore', 'pipe', 'ignore']
  })
  const address = await firstLine(bus)
  const environment = {
    DBUS_SESSION_BUS_ADDRESS: address,
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    DISPLAY: ''
  }
  const send = (
    destination: string,
    object: string,
    ...call: readonly string[]
  ): Promise<{ stdout: string }> =>
    run('dbus-send', ['--session', `--dest=${destination}`, '--print-reply', object, ...call], {
      env: { ...process.env, ...environment }
    })
  let keyring: ChildProcess | undefined

  const service: SecretService = {
    environment,
    startKeyring: async () => {
      keyring = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
        env: { ...process.env, ...environment },
        stdio: ['pipe', 'ignore', 'ignore']
      })
      keyring.stdin?.end(PASSWORD)
      await untilOwned(send)
    },
    lock: async () => {
      await send(
        'org.freedesktop.secrets',
        '/org/freedesktop/secrets',
        'org.freedesktop.Secret.Service.Lock',
        'array:objpath:/org/freedesktop/secrets/collection/login'
      )
    },
    kill: () => ended(keyring, 'SIGKILL'),
    freeze: () => {
      keyring?.kill('SIGSTOP')
    },
    goOn: () => {
      keyring?.kill('SIGCONT')
    },
    close: async () => {
      await ended(keyring, 'SIGKILL')
      await ended(bus, 'SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    }
  }
  if (withKeyring) await service.startKeyring()
  return service
}

function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('The output of the bus is not read.')
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: stdout })
    lines.once('line', resolve)
    lines.once('close', () => {
      reject(new Error('The bus did not start.'))
    })
  })
}

async function untilOwned(
  send: (destination: string, object: string, ...call: string[]) => Promise<{ stdout: string }>
): Promise<void> {
  const endMs = performance.now() + 10_000
  while (performance.now() < endMs) {
    const { stdout } = await send(
      'org.freedesktop.DBus',
      '/',
      'org.freedesktop.DBus.NameHasOwner',
      'string:org.freedesktop.secrets'
    )
    if (stdout.includes('boolean true')) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('The keyring did not start in time.')
}

async function ended(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  await new Promise((resolve) => {
    child.once('exit', resolve)
    child.kill(signal)
  })
}
