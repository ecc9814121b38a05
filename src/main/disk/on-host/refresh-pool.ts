import type { DiskHost } from './run-as-root.ts'

const TIMEOUT_MS = 60_000

/** Has libvirt look into a pool's folder again, so that its volumes are as they are. Errors: those of the link. */
export async function refreshPool(host: DiskHost, poolName: string): Promise<void> {
  const storage = host.family('storage')
  const { pool } = await storage.call('STORAGE_POOL_LOOKUP_BY_NAME', { name: poolName }, { timeoutMs: TIMEOUT_MS })
  await storage.call('STORAGE_POOL_REFRESH', { pool, flags: 0 }, { timeoutMs: TIMEOUT_MS })
}
