import { open, rename, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { failure } from '../../shared/failure.ts'
import { failed, success } from '../../shared/result.ts'
import type { Result } from '../../shared/result.ts'
import { bodyItems } from '../client/body-items.ts'
import type { HttpStream } from '../client/http.ts'
import { allColumns } from './drop-columns.ts'
import type { ExportedDrop } from './drop-columns.ts'
import type { DropWriter } from './drop-writer.ts'

/** What an export reads from: one answer of the platform after the other, each opened when the one before has ended. */
export type DropSources = readonly ((signal: AbortSignal) => Promise<Result<HttpStream>>)[]

export interface ExportProgress {
  readonly writtenDrops: number
  readonly writtenBytes: number
}

/**
 * Writes drops to `filePath` as they come: one piece of the answer is in memory at a time, and the disk slows the platform
 * down. The file grows as `FILE.part` beside it and gets its name when it is whole and on the disk; an export that fails or is
 * cancelled leaves what was there before.
 */
export async function exportDrops(
  sources: DropSources,
  writer: DropWriter,
  filePath: string,
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void
): Promise<Result<ExportProgress>> {
  const partPath = `${filePath}.part`
  let file: FileHandle | undefined
  try {
    file = await open(partPath, 'w', 0o600)
    const written = await writeAll(sources, writer, file, signal, onProgress)
    if (written.ok) {
      await file.sync()
      await file.close()
      file = undefined
      await rename(partPath, filePath)
      return written
    }
    await file.close()
    file = undefined
    await rm(partPath, { force: true })
    return written
  } catch (error) {
    await file?.close().catch(() => undefined)
    if (file !== undefined) await rm(partPath, { force: true }).catch(() => undefined)
    return failed(fileFailure(error, filePath))
  }
}

async function writeAll(
  sources: DropSources,
  writer: DropWriter,
  file: FileHandle,
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void
): Promise<Result<ExportProgress>> {
  let writtenDrops = 0
  let writtenBytes = 0
  const write = async (text: string): Promise<void> => {
    if (text === '') return
    const bytes = Buffer.from(text, 'utf8')
    await file.writeFile(bytes)
    writtenBytes += bytes.length
  }
  await write(writer.start())
  const read = await readDrops(sources, signal, async (drops) => {
    await write(writer.take(drops))
    writtenDrops += drops.length
    onProgress({ writtenDrops, writtenBytes })
  })
  if (!read.ok) return read
  await write(writer.end())
  return success({ writtenDrops, writtenBytes })
}

/** Calls back with the drops of each piece, and waits for it; answers when all sources have ended. */
export async function readDrops(
  sources: DropSources,
  signal: AbortSignal,
  onDrops: (drops: readonly ExportedDrop[]) => Promise<void> | void
): Promise<Result<null>> {
  for (const source of sources) {
    const opened = await source(signal)
    if (!opened.ok) return opened
    for await (const items of bodyItems(opened.value)) {
      if (signal.aborted) return failed(failure('request/cancelled'))
      if (!items.ok) return items
      await onDrops(items.value as readonly ExportedDrop[])
    }
  }
  return success(null)
}

/** More different names than this make no table that anybody could read. */
const MAX_COLUMNS = 2000

/** All columns that the drops have: they are known only when every drop was seen once. */
export async function findColumns(sources: DropSources, signal: AbortSignal): Promise<Result<string[]>> {
  const names = new Set<string>()
  const read = await readDrops(sources, signal, (drops) => {
    for (const { elems } of drops) {
      for (const name of Object.keys(elems ?? {})) if (names.size < MAX_COLUMNS) names.add(name)
    }
  })
  return read.ok ? success(allColumns(names)) : read
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'there is no permission to write there',
  EPERM: 'there is no permission to write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOENT: 'the folder does not exist',
  EISDIR: 'it is a folder'
}

function fileFailure(error: unknown, filePath: string) {
  const { code, message } = error as NodeJS.ErrnoException
  const reason = REASONS[code ?? ''] ?? message
  return failure('input/invalid', {
    message: `${filePath} could not be written: ${reason}.`,
    hint: 'Choose another place and export again. What was there before is unchanged.'
  })
}
