import { isBlockStorage } from '../../../shared/domain/index.ts'
import { createBlockDomain, type FetchChapPassword } from './block/index.ts'
import {
  fetchDescriptor,
  fetchDigests,
  fetchDomainFiles,
  format,
  removeDescriptor,
  writeDescriptor,
  writeDomainFiles,
} from './domain-files.ts'
import { examine } from './examine.ts'
import { fetchMounted, fetchSpace } from './mounted.ts'
import { holdOwnerLock } from './owner-lock.ts'
import { connect, disconnect, fetchPoolState } from './pools.ts'
import { proveLocks } from './prove-locks.ts'
import { proveShared } from './prove-shared.ts'
import type { DomainPool, OnHost } from './types.ts'

/** What is done on hosts for a domain in a folder, by their shell and their libvirt. */
export const onHost: OnHost = {
  examine,
  connect,
  disconnect,
  fetchPoolState,
  fetchSpace,
  fetchMounted,
  fetchDescriptor,
  isMade: async (host, pool, options) => (await fetchDescriptor(host, pool, options))?.id === pool.id,
  writeDescriptor,
  writeFiles: writeDomainFiles,
  fetchFiles: fetchDomainFiles,
  fetchDigests,
  removeDescriptor,
  format,
  proveShared,
  proveLocks,
  holdOwnerLock,
}

/** What is done on hosts for storage domains of every kind. `fetchChapPassword`: that of a domain's iSCSI targets. */
export function createOnHost(fetchChapPassword: FetchChapPassword): OnHost {
  const block = createBlockDomain(fetchChapPassword)
  const of = ({ storage }: Pick<DomainPool, 'storage'>): OnHost => (isBlockStorage(storage) ? block : onHost)
  return {
    examine: (host, wanted, options) => of(wanted).examine(host, wanted, options),
    connect: (host, pool, options) => of(pool).connect(host, pool, options),
    disconnect: (host, pool, options) => of(pool).disconnect(host, pool, options),
    fetchPoolState: (host, pool, options) => of(pool).fetchPoolState(host, pool, options),
    fetchSpace: (host, pool, options) => of(pool).fetchSpace(host, pool, options),
    fetchMounted: (host, pool, options) => of(pool).fetchMounted(host, pool, options),
    fetchDescriptor: (host, pool, options) => of(pool).fetchDescriptor(host, pool, options),
    isMade: (host, pool, options) => of(pool).isMade(host, pool, options),
    writeDescriptor: (host, pool, descriptor, options) => of(pool).writeDescriptor(host, pool, descriptor, options),
    writeFiles: (host, pool, changes, options) => of(pool).writeFiles(host, pool, changes, options),
    fetchFiles: (host, pool, folder, options) => of(pool).fetchFiles(host, pool, folder, options),
    fetchDigests: (host, pool, folder, options) => of(pool).fetchDigests(host, pool, folder, options),
    removeDescriptor: (host, pool, options) => of(pool).removeDescriptor(host, pool, options),
    format: (host, pool, options) => of(pool).format(host, pool, options),
    proveShared: (writer, readers, pool, options) => of(pool).proveShared(writer, readers, pool, options),
    proveLocks: (holder, other, pool, mounted, options) => of(pool).proveLocks(holder, other, pool, mounted, options),
    holdOwnerLock: (host, pool, engine, options) => of(pool).holdOwnerLock(host, pool, engine, options),
  }
}
