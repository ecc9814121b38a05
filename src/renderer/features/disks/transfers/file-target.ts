/** Where a download goes. Positions may be left out: they are zeros. */
export interface FileTarget {
  write(position: number, data: Uint8Array): Promise<void>
  /** All of it is there; the file is so long. */
  finish(size: number): Promise<void>
  /** Nothing of it is kept. */
  discard(): Promise<void>
}

/** What browsers have that write files as they come (File System Access); TypeScript's library does not know all of it. */
interface WritableFile {
  write(part: { type: 'write'; position: number; data: Uint8Array<ArrayBuffer> }): Promise<void>
  truncate(size: number): Promise<void>
  close(): Promise<void>
  abort(): Promise<void>
}
type SaveFilePicker = (options: { suggestedName: string }) => Promise<{ createWritable(): Promise<WritableFile> }>

/** More than this is not kept in memory, where a browser cannot write files as they come. */
export const MEMORY_LIMIT_BYTES = 2 * 1024 ** 3

function savePicker(): SaveFilePicker | null {
  return 'showSaveFilePicker' in window && typeof window.showSaveFilePicker === 'function'
    ? (window.showSaveFilePicker.bind(window) as SaveFilePicker)
    : null
}

/** Whether a file of any size can be taken: else at most {@link MEMORY_LIMIT_BYTES}. */
export function canStreamToFile(): boolean {
  return savePicker() !== null
}

/** Asks a person where to, where the browser can; null: they thought better of it. Must be called by a click. */
export async function chooseFileTarget(name: string): Promise<FileTarget | null> {
  const pick = savePicker()
  if (pick === null) return createMemoryTarget(name)
  try {
    const handle = await pick({ suggestedName: name })
    return createStreamTarget(await handle.createWritable())
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null
    throw error
  }
}

function createStreamTarget(file: WritableFile): FileTarget {
  return {
    write: (position, data) => file.write({ type: 'write', position, data: new Uint8Array(data) }),
    finish: async (size) => {
      await file.truncate(size)
      await file.close()
    },
    discard: () => file.abort(),
  }
}

/** Keeps it in memory, and gives it to the browser as a download at the end. */
function createMemoryTarget(name: string): FileTarget {
  let parts: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  const padTo = (position: number) => {
    if (position > length) parts.push(new Uint8Array(position - length))
    length = Math.max(length, position)
  }
  return {
    write: async (position, data) => {
      padTo(position)
      parts.push(new Uint8Array(data))
      length += data.length
    },
    finish: async (size) => {
      padTo(size)
      const address = URL.createObjectURL(new Blob(parts, { type: 'application/octet-stream' }))
      const link = document.createElement('a')
      link.href = address
      link.download = name
      link.click()
      // The browser has begun to read it by then.
      setTimeout(() => URL.revokeObjectURL(address), 60_000)
      parts = []
    },
    discard: async () => {
      parts = []
    },
  }
}
