import type { MessagePortMain, SafeStorage } from 'electron'
import { z } from 'zod'

/*
 * Electron's safeStorage is in the main process only, and secrets are the engine's: it has them sealed and opened over a port
 * of its own, on which nothing is ever logged.
 */

/** The part of safeStorage that is used. */
export type KeyStoreUse = Pick<SafeStorage, 'encryptString' | 'decryptString'>

/** The system's key store as the engine sees it. Rejects with a plain error that says why; never with what it was given. */
export interface KeyStore {
  seal(text: string): Promise<Uint8Array>
  open(sealed: Uint8Array): Promise<string>
}

/** The system may ask a person to unlock it. */
const ANSWER_LIMIT_MS = 120_000
const OPEN_REQUESTS_LIMIT = 256

const requestSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('seal'), id: z.number(), text: z.string() }),
  z.object({ t: z.literal('open'), id: z.number(), sealed: z.instanceof(Uint8Array) }),
])
type Request = z.infer<typeof requestSchema>

const answerSchema = z.object({
  id: z.number(),
  value: z.union([z.string(), z.instanceof(Uint8Array)]).optional(),
  failure: z.string().optional(),
})
type Answer = z.infer<typeof answerSchema>

/** Answers the engine's requests in the main process, until the port closes. */
export function serveKeyStore(port: MessagePortMain, storage: KeyStoreUse): void {
  const answer = (request: Request): Answer => {
    try {
      const value =
        request.t === 'seal' ? storage.encryptString(request.text) : storage.decryptString(Buffer.from(request.sealed))
      // A Buffer may be the small part of a large one, which would be sent whole.
      return { id: request.id, value: typeof value === 'string' ? value : Uint8Array.from(value) }
    } catch (error) {
      return { id: request.id, failure: error instanceof Error ? error.message : 'unknown' }
    }
  }
  port.on('message', ({ data }) => {
    const request = requestSchema.safeParse(data)
    if (request.success) port.postMessage(answer(request.data))
  })
  port.start()
}

interface Waiting {
  resolve(value: string | Uint8Array): void
  reject(reason: Error): void
}

/** The engine's side of {@link serveKeyStore}. What waits when the port closes is rejected. */
export function createKeyStore(port: MessagePortMain, limitMs = ANSWER_LIMIT_MS): KeyStore {
  const waiting = new Map<number, Waiting>()
  let nextId = 1
  let isOpen = true
  port.on('message', ({ data }) => {
    const answer = answerSchema.safeParse(data)
    if (!answer.success) return
    const { id, value, failure } = answer.data
    const asked = waiting.get(id)
    if (value === undefined) asked?.reject(new Error(failure ?? 'no answer'))
    else asked?.resolve(value)
  })
  port.once('close', () => {
    isOpen = false
    for (const { reject } of waiting.values()) reject(new Error('the window’s process is gone'))
  })
  port.start()

  async function ask(request: (id: number) => Request): Promise<string | Uint8Array> {
    if (!isOpen) throw new Error('the window’s process is gone')
    if (waiting.size >= OPEN_REQUESTS_LIMIT) throw new Error('too many requests')
    const id = nextId++
    const { promise, resolve, reject } = Promise.withResolvers<string | Uint8Array>()
    const timer = setTimeout(() => reject(new Error(`no answer in ${limitMs} ms`)), limitMs)
    waiting.set(id, { resolve, reject })
    try {
      port.postMessage(request(id))
      return await promise
    } finally {
      clearTimeout(timer)
      waiting.delete(id)
    }
  }

  return {
    seal: async (text) => {
      const sealed = await ask((id) => ({ t: 'seal', id, text }))
      if (typeof sealed === 'string') throw new Error('not bytes')
      return sealed
    },
    open: async (sealed) => {
      // Its own copy: see above.
      const text = await ask((id) => ({ t: 'open', id, sealed: Uint8Array.from(sealed) }))
      if (typeof text !== 'string') throw new Error('not a text')
      return text
    },
  }
}
