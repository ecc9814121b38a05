import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommandInput } from '../../src/shared/contract/index.ts'
import type { LabHost } from '../lab/host.ts'
import type { ServedApp } from './served-app.ts'

/** Where scripts reach an engine, and what with. */
async function reach({ dataDir }: ServedApp): Promise<{ readonly url: string; readonly token: string }> {
  return JSON.parse(await readFile(join(dataDir, 'engine.json'), 'utf8')) as { url: string; token: string }
}

/** Runs a command over HTTP, as a script would. Returns what it gives back; throws when it is refused. */
export async function callEngine(app: ServedApp, command: string, input: object): Promise<unknown> {
  const { url, token } = await reach(app)
  const response = await fetch(new URL(`/api/commands/${command}`, url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
    signal: AbortSignal.timeout(60_000),
  })
  const body = (await response.json()) as { ok: boolean; value?: unknown }
  if (!body.ok) throw new Error(`${command}: ${JSON.stringify(body)}`)
  return body.value
}

/** What a topic has now, over HTTP. */
export async function readTopic<T>(app: ServedApp, topic: string): Promise<readonly T[]> {
  const { url, token } = await reach(app)
  const response = await fetch(new URL(`/api/topics/${topic}`, url), {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(60_000),
  })
  const { value } = (await response.json()) as { readonly value: readonly T[] }
  return value
}

/** Adds a host of the lab over HTTP, with its key and fingerprint known. Returns the host's id. */
export async function addLabHost(
  app: ServedApp,
  host: Pick<LabHost, 'address' | 'user' | 'privateKeyPath' | 'hostKeyFingerprint'>,
): Promise<string> {
  const input: CommandInput<'host.add'> = {
    address: host.address,
    user: host.user,
    privateKeyPath: host.privateKeyPath,
    hostKey: host.hostKeyFingerprint,
  }
  const { hostId } = (await callEngine(app, 'host.add', input)) as { readonly hostId: string }
  return hostId
}
