/*
 * LUNs by their WWID, in POSIX shell: which name the kernel gives a LUN differs from host to host, and from boot to boot. Of a LUN with several
 * paths its multipath device is taken, where there is one.
 */

/** Exit code of a script that lacks a LUN: its id is the last word that it prints. */
export const LUN_MISSING = 20

/** `luns` prints "id name" of each SCSI disk; `device_of NAME` sets `d` to what is to be opened for it. Few processes: there may be hundreds of LUNs. */
export const LUN_FUNCTIONS = [
  String.raw`luns() { grep -sH . /sys/block/sd*/device/wwid | sed -n 's#^/sys/block/\([^/]*\)/device/wwid:\(.*\)$#\2|\1#p' | awk -F'|' '{ gsub(/[^A-Za-z0-9.:-]+/, "_", $1); sub(/_+$/, "", $1); if ($1 != "") print $1, $2 }' | sort -u -k1,1; }`,
  'device_of() { d=/dev/$1; for h in /sys/block/$1/holders/dm-*; do if [ -f "$h/dm/uuid" ]; then read -r w < "$h/dm/uuid"; case $w in mpath-*) read -r w < "$h/dm/name"; d=/dev/mapper/$w;; esac; fi; done; }',
].join('; ')

/** After a login the kernel goes on finding LUNs: waits until none has come for a while, and each disk that has come can be opened. */
export const WAIT_FOR_LUNS = [
  'k=0; s=0; b=; while [ $k -lt 60 ] && [ $s -lt 4 ]; do w=',
  'for h in /sys/class/scsi_device/*/device; do y=; if [ -e "$h/type" ]; then read -r y < "$h/type"; fi; if [ "$y" = 0 ] && [ ! -d "$h/block" ]; then w=1; fi; done',
  'set -- /sys/class/scsi_device/*; if [ -z "$w" ] && [ $# = "$b" ]; then s=$((s + 1)); else s=0; fi; b=$#; k=$((k + 1)); sleep 0.5; done',
].join('; ')

/** As long as a host gets to see what it has just logged in to. */
const APPEAR_TRIES = 40

/** Sets `devices` to those of the LUNs, in their order. Waits for one that is not there yet. */
export function findDevices(lunIds: readonly string[], { patient = false } = {}): string {
  const tries = patient ? APPEAR_TRIES : 0
  return [
    'devices=; k=0',
    `for id in ${lunIds.join(' ')}; do while :; do n=$(luns | grep -m 1 "^$id " | cut -d " " -f 2); if [ -n "$n" ]; then break; fi; if [ $k -ge ${tries} ]; then echo "@missing $id"; exit ${LUN_MISSING}; fi; k=$((k + 1)); sleep 0.5; done; device_of "$n"; devices="$devices $d"; done`,
  ].join('; ')
}

/**
 * Prints a line for each LUN, words between tabs: "lun", id, device, size in bytes, vendor, model, what blkid finds (TYPE and PTTYPE), what holds it;
 * then one for each that LVM knows: "pv", device, volume group, its tags, its UUID. "no-lvm" where LVM is not there.
 */
export const SCAN_LUNS = [
  `t=$(printf '\\t'); devices=; for l in $(luns | tr " " ,); do i=\${l%,*}; n=\${l##*,}; device_of "$n"; b=$n`,
  `case $d in /dev/mapper/*) b=$(basename "$(readlink -f "$d")");; esac`,
  `ty=; pt=; for w in $(blkid -p -o export "$d" 2>/dev/null); do case $w in TYPE=*) ty=\${w#*=};; PTTYPE=*) pt=\${w#*=};; esac; done`,
  `for w in /sys/block/$b/$b[0-9]* /sys/block/$b/\${b}p[0-9]*; do if [ -e "$w" ] && [ -z "$pt" ]; then pt=found; fi; done`,
  `u=; for w in /sys/block/$b/holders/*; do if [ -e "$w" ]; then u="\${w##*/} $u"; fi; done`,
  'z=0; v=; m=; read -r z < "/sys/block/$n/size"; read -r v < "/sys/block/$n/device/vendor"; read -r m < "/sys/block/$n/device/model"',
  `printf 'lun\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\n' "$i" "$d" $((z * 512)) "$v" "$m" "$ty" "$pt" "$u"`,
  'devices="$devices $d"; done',
  'if ! command -v lvm >/dev/null; then echo no-lvm; elif [ -n "$devices" ]; then :',
].join('; ')
