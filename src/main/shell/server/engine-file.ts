import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readSmallFile, writePrivateFile } from './private-file.ts'

const engineFileSchema = z.object({
  pid: z.number().int().positive(),
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  url: z.url(),
  /** Bearer token for the HTTP API. Whoever can read this file is the engine's user. */
  token: z.string().min(32).max(256),
  version: z.string(),
  startedAt: z.number(),
  /** PEM of the certificate the server shows, where it is not one that Node trusts by itself. */
  certificate: z.string().optional(),
})

/** What `engine.json` in the data folder says: where the running engine is, and with which token. */
export type EngineFile = z.infer<typeof engineFileSchema>

export function engineFilePath(dataDir: string): string {
  return join(dataDir, 'engine.json')
}

export function createEngineToken(): string {
  return randomBytes(32).toString('base64url')
}

export async function writeEngineFile(dataDir: string, content: EngineFile): Promise<void> {
  await writePrivateFile(engineFilePath(dataDir), `${JSON.stringify(content, null, 2)}\n`)
}

/** The content of `engine.json`, or null when there is none or it is not one. */
export async function readEngineFile(dataDir: string): Promise<EngineFile | null> {
  const text = await readSmallFile(engineFilePath(dataDir))
  if (text === null) return null
  try {
    return engineFileSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Removes `engine.json` if it is still this process's: a second engine may have taken the folder over. */
export async function removeEngineFile(dataDir: string, pid: number): Promise<void> {
  const content = await readEngineFile(dataDir)
  if (content === null || content.pid === pid) await rm(engineFilePath(dataDir), { force: true })
}

/** How a server shows that it knows the token, without telling it to whoever now has its port. */
export function proveToken(token: string, nonce: string): string {
  return createHmac('sha256', token).update(nonce).digest('base64url')
}

/** True when `proof` is {@link proveToken} of the same token and nonce. */
export function isTokenProven(token: string, nonce: string, proof: string): boolean {
  const expected = Buffer.from(proveToken(token, nonce))
  const given = Buffer.from(proof)
  return expected.length === given.length && timingSafeEqual(expected, given)
}
