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
 * before a crash are there; the log is quiet enough for that.
 */
export function openBoundedLogFile(path: string, limitBytes: number): LogFile {
  let file: OpenFile | null = null
  const open = (): OpenFile => {
    const descriptor = openSync(path, 'a', 0o600)
    return { descriptor, size: fstatSync(descriptor).size }
  }
  return {
    write(line) {
      const bytes = Buffer.from(line)
      file ??= open()
      if (file.size > 0 && file.size + bytes.length > limitBytes) {
        closeSync(file.descriptor)
        renameSync(path, `${path}.1`)
        file = open()
      }
      writeSync(file.descriptor, bytes)
      file.size += bytes.length
    },
    close() {
      if (file !== null) closeSync(file.descriptor)
      file = null
    },
  }
}
