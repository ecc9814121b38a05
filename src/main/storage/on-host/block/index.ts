// LUNs: by open-iscsi, and what blkid and LVM find on them.

export type { HostLun, LunScan } from './parse-luns.ts'
export { discoverTargets, scanLuns, type TargetAccess } from './scan-luns.ts'
