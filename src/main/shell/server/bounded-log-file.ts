import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'

/** Where pino writes its lines. */
export interface LogFile {
  write(line: string): void
  close(): void
}

interface OpenFile {
  descriptor: number
  size: number
}

/**
 * A log file that never takes more than about twice `limitBytes`: when it is full it becomes `<path>.1` and a new one is
 * begun. Opened with the first line (its folder may not be there earlier) and written synchronously, so that the last lines
 * before a crash are there; the log is quiet enough for that. A line that cannot be written (a full disk) is lost, and told
 * to `onFailure`: whoever logs has not failed by it.
 */
export function openBoundedLogFile(path: string, limitBytes: number, onFailure: (error: unknown) => void): LogFile {
  let file: OpenFile | null = null
  const open = (): OpenFile => {
    const descriptor = openSync(path, 'a', 0o600)
    return { descriptor, size: fstatSync(descriptor).size }
  }
  const close = () => {
    const closing = file
    // First, whatever fails after it: the number of a closed file is the next one's that is opened, the inventory's say.
    file = null
    if (closing !== null) closeSync(closing.descriptor)
  }
  const append = (bytes: Buffer) => {
    file ??= open()
    if (file.size > 0 && file.size + bytes.length > limitBytes) {
      close()
      renameSync(path, `${path}.1`)
      file = open()
    }
    writeSync(file.descriptor, bytes)
    file.size += bytes.length
  }
  return {
    write(line) {
      try {
        append(Buffer.from(line))
      } catch (error) {
        onFailure(error)
      }
    },
    close,
  }
}
