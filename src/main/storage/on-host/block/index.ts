// Domains on LUNs: iSCSI by open-iscsi, volume groups of LVM.

export { createBlockDomain, type FetchChapPassword } from './block-domain.ts'
export { groupOf } from './lvm-script.ts'
export type { HostLun, LunScan } from './parse-luns.ts'
export { proveLunFree, type WholeLun } from './prove-lun.ts'
export { discoverTargets, scanLuns, type TargetAccess } from './scan-luns.ts'
export { type VolumeGroup, volumeGroupOf } from './volume-script.ts'
