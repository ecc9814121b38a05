import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommandInput } from '../../src/shared/contract/index.ts'
import type { LabHost } from '../lab/host.ts'
import type { ServedApp } from './served-app.ts'

/** Runs a command over HTTP, as a script would. Returns what it gives back; throws when it is refused. */
export async function callEngine(app: ServedApp, command: string, input: object): Promise<unknown> {
  const { url, token } = JSON.parse(await readFile(join(app.dataDir, 'engine.json'), 'utf8')) as {
    url: string
    token: string
  }
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
