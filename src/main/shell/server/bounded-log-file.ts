import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'

/** Where pino writes its lines. */
export interface LogFile {
  write(line: string): void
  close(): void
}

/**
 * A log file that never takes more than twice `limitBytes`: when it is full it becomes `<path>.1` and a new one is begun.
 * Written synchronously, so that the last lines before a crash are there; the log is quiet enough for that.
 */
export function openBoundedLogFile(path: string, limitBytes: number): LogFile {
  let descriptor = openSync(path, 'a', 0o600)
  let size = fstatSync(descriptor).size
  return {
    write(line) {
      const bytes = Buffer.from(line)
      if (size > 0 && size + bytes.length > limitBytes) {
        closeSync(descriptor)
        renameSync(path, `${path}.1`)
        descriptor = openSync(path, 'a', 0o600)
        size = 0
      }
      writeSync(descriptor, bytes)
      size += bytes.length
    },
    close() {
      closeSync(descriptor)
    },
  }
}
