export { element, parseXmlFragment, serializeXml } from './build-xml.ts'
export { compareDefinitions } from './compare-definitions.ts'
export type { CpuDescription } from './cpu-description.ts'
export { buildCpuXml, parseCpu, parseHostModelCpu, parseUnusableModels } from './cpu-description.ts'
export type { EditableElement, EditableXml, XmlPart } from './edit/index.ts'
export {
  childIn,
  childrenIn,
  insertElement,
  parseEditable,
  removeElement,
  renderPart,
  replaceElement,
  setAttribute,
  setText,
} from './edit/index.ts'
export { parseMemoryKiB } from './memory-size.ts'
export { withNewPasswords } from './new-passwords.ts'
export type { NicProfileMark } from './nic-profiles.ts'
export {
  buildNicProfiles,
  NIC_PROFILES_NAMESPACE,
  NIC_PROFILES_PREFIX,
  nicProfilesPart,
  readNicProfiles,
  withNicProfiles,
} from './nic-profiles.ts'
export type { DomainCapabilities, GuestCapability, HostCapabilities, HostTopology } from './parse-capabilities.ts'
export {
  parseCapabilities,
  parseDomainCapabilities,
  parseHostTopology,
  parseProcessorName,
  parseQemuOwner,
} from './parse-capabilities.ts'
export type { DisplayDefinition, DisplayListener } from './parse-displays.ts'
export { parseDisplays } from './parse-displays.ts'
export type { DomainDefinition } from './parse-domain.ts'
export { parseDomain } from './parse-domain.ts'
export type { MigrationDisk, MigrationNeeds } from './parse-migration-needs.ts'
export { parseMigrationNeeds } from './parse-migration-needs.ts'
export type { NetworkDefinition } from './parse-network.ts'
export { findIp, parseNetwork, readLease, readNetwork } from './parse-network.ts'
export type { NodeDevice } from './parse-node-device.ts'
export { parseNodeDevice } from './parse-node-device.ts'
export { parsePoolTypes } from './parse-pool-types.ts'
export { parseSerialPorts } from './parse-serial-ports.ts'
export type { SnapshotDefinition } from './parse-snapshot.ts'
export { parseSnapshot } from './parse-snapshot.ts'
export type { StoragePoolDefinition } from './parse-storage-pool.ts'
export { parseStoragePool } from './parse-storage-pool.ts'
export { parseVolume } from './parse-volume.ts'
export { buildLabels, LABELS_NAMESPACE, LABELS_PREFIX } from './vm-labels.ts'
export { MASK, withoutSecrets } from './without-secrets.ts'
export { XmlError } from './xml-tree.ts'
