// Who writes the metadata of a datacenter's storage, and what is written into its domains.

export type { DomainDefinitions } from './domain-definitions.ts'
export { startDomainDefinitions } from './domain-definitions.ts'
export { startStorageManagers } from './storage-managers.ts'
