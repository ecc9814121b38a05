import type { HostId } from '../../shared/domain/index.ts'
import type { HostSecrets } from '../hosts/index.ts'
import type { SecretStore } from '../inventory/index.ts'

const KINDS = ['password', 'passphrase'] as const

const prefixOf = (hostId: HostId) => `host/${hostId}/`

/** What is stored of a host's secrets. Errors: secrets.unreadable, secrets.unavailable. */
export async function fetchHostSecrets(store: SecretStore, hostId: HostId): Promise<HostSecrets> {
  const [password, passphrase] = await Promise.all(KINDS.map((kind) => store.get(`${prefixOf(hostId)}${kind}`)))
  return { password, passphrase }
}

/** Stores those that are given; the others stay. Errors: secrets.unavailable, inventory.write-failed. */
export async function saveHostSecrets(store: SecretStore, hostId: HostId, secrets: HostSecrets): Promise<void> {
  for (const kind of KINDS) {
    const secret = secrets[kind]
    if (secret !== undefined) await store.set(`${prefixOf(hostId)}${kind}`, secret)
  }
}

/** Forgets one of a host's secrets. */
export function deleteHostSecret(store: SecretStore, hostId: HostId, kind: keyof HostSecrets): Promise<void> {
  return store.delete(`${prefixOf(hostId)}${kind}`)
}

/** Forgets all secrets of a host. */
export function deleteHostSecrets(store: SecretStore, hostId: HostId): Promise<void> {
  return store.deleteAll(prefixOf(hostId))
}
