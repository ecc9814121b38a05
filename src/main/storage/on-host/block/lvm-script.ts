import type { DomainPool } from '../types.ts'

/*
 * LVM in POSIX shell. Every call sees the domain's LUNs and nothing else: a host does not open the volume groups that guests make
 * on their disks, whatever its own lvm.conf says, and needs no entry in a file of devices. Logical volumes are never activated by the host itself.
 */

/** Exit codes of the scripts. */
export const NO_GROUP = 21
export const OTHER_GROUP = 22
export const MOUNTED_ELSEWHERE = 23
export const IN_USE = 25
export const NOT_HERE = 26

/** The logical volume with the domain's own file system. */
export const METADATA_VOLUME = 'virtdeck-metadata'
/** The smallest that a LUN may be. */
export const LUN_MINIMUM_BYTES = 512 * 1024 ** 2
const METADATA_MIB = 256
/** LVM keeps its own notes at the beginning of each LUN: some twenty thousand volumes. */
const NOTES_MIB = 16
const FOLDER = '/var/lib/virtdeck/domains'

type Pool = Pick<DomainPool, 'id'>

/** The volume group of a domain: the same on every host. Pure. */
export function groupOf(id: string): string {
  return `virtdeck-${id.replaceAll('-', '')}`
}

/** Where its own file system is mounted on the host that manages it. Pure. */
export function metadataFolderOf({ id }: Pool): string {
  return `${FOLDER}/${id}`
}

/** `lv COMMAND …` runs LVM on the devices that were found. */
export const LVM_FUNCTION = [
  `f=; for d in $devices; do f="$f\\"a|^$d\\$|\\","; done; f="$f\\"r|.*|\\""`,
  'lvm_config="devices { use_devicesfile=0 scan_lvs=0 filter=[$f] global_filter=[$f] } backup { backup=0 archive=0 } global { notify_dbus=0 }"',
  'lv() { x=$1; shift; lvm "$x" --config "$lvm_config" "$@" </dev/null; }',
].join('; ')

/** Prints what LVM knows of the scanned LUNs; ends what `SCAN_LUNS` began. */
export const SCAN_GROUPS = `${LVM_FUNCTION}; lv pvs --readonly --noheadings --separator "$t" -o pv_name,vg_name,vg_tags,vg_uuid,vg_missing_pv_count 2>/dev/null | sed "s/^ */pv$t/"; fi; exit 0`

/** Goes on only where the volume group is there and this domain's. */
export function requireGroup({ id }: Pool): string {
  return [
    `vg=${groupOf(id)}; tags=$(lv vgs --readonly --noheadings -o vg_tags $vg 2>/dev/null) || exit ${NO_GROUP}`,
    `case ",$(echo $tags)," in *,virtdeck.id=${id},*) ;; *) exit ${OTHER_GROUP};; esac`,
  ].join('; ')
}

/** Makes the volume group with its metadata volume where it is not there yet. What is on the LUNs is looked at once more before. */
export function makeGroup({ id }: Pool): string {
  const vg = groupOf(id)
  const metadata = `/dev/$vg/${METADATA_VOLUME}`
  return [
    `vg=${vg}; if ! lv vgs --readonly $vg >/dev/null 2>&1; then`,
    `for d in $devices; do blkid -p "$d" >/dev/null 2>&1; if [ $? != 2 ]; then echo "@in-use $d"; exit ${IN_USE}; fi; done`,
    `lv vgcreate -q -y --metadatasize ${NOTES_MIB}m --addtag virtdeck.id=${id} $vg $devices >/dev/null || exit 1; fi`,
    requireGroup({ id: id }),
    `if ! lv lvs --readonly $vg/${METADATA_VOLUME} >/dev/null 2>&1; then lv lvcreate -q -y -W n -Z n -k y -n ${METADATA_VOLUME} -L ${METADATA_MIB}m $vg >/dev/null || exit 1; fi`,
    `lv lvchange -q -a y -K $vg/${METADATA_VOLUME} || exit 1`,
    `if ! blkid -p ${metadata} 2>/dev/null | grep -q 'LABEL="virtdeck"'; then mke2fs -q -F -t ext4 -O mmp -L virtdeck -m 0 -E lazy_itable_init=0,nodiscard ${metadata} || exit 1; fi`,
  ].join('\n')
}

/**
 * Mounts the domain's own file system where it is not mounted. The kernel refuses it while another host has it mounted: ext4 with `mmp`
 * (multiple mount protection) beats in a block of its own, and a mount waits and looks whether the beat goes on.
 */
export function mountMetadata(pool: Pool): string {
  const folder = metadataFolderOf(pool)
  const vg = groupOf(pool.id)
  return [
    `m=${folder}; mkdir -p "$m" || exit 1`,
    `if ! mountpoint -q "$m"; then lv lvchange -q -a y -K ${vg}/${METADATA_VOLUME} || exit 1`,
    `if ! o=$(mount -t ext4 -o nosuid,nodev,noexec,errors=remount-ro /dev/${vg}/${METADATA_VOLUME} "$m" 2>&1); then lv lvchange -q -a n ${vg}/${METADATA_VOLUME} 2>/dev/null; echo "$o" >&2; case "$o" in *busy*|*mmp*|*MMP*) exit ${MOUNTED_ELSEWHERE};; esac; exit 1; fi; fi`,
  ].join('; ')
}

/** Lets go of it; does nothing where it is not mounted. */
export function unmountMetadata(pool: Pool): string {
  const folder = metadataFolderOf(pool)
  const volume = `${groupOf(pool.id)}/${METADATA_VOLUME}`
  return `cd /; if mountpoint -q ${folder}; then umount ${folder} || exit 1; fi; lv lvchange -q -a n ${volume} 2>/dev/null`
}
