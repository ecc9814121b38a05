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
import type { OnHost } from './types.ts'

/** What is done on hosts, by their shell and their libvirt. */
export const onHost: OnHost = {
  examine,
  connect,
  disconnect,
  fetchPoolState,
  fetchSpace,
  fetchMounted,
  fetchDescriptor,
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
