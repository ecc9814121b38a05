import { shellQuote } from '../../hosts/index.ts'
import type { VolumeGroup } from '../../storage/index.ts'
import type { FileScripts } from './disk-scripts.ts'
import { IN_THE_WAY, NOT_THERE, printExtents } from './scripts.ts'

/*
 * The disks of a domain on LUNs: thick logical volumes that hold qcow2 or raw. All that changes the volume group runs on the one host that manages it.
 * A volume is active only while something works on it. What it holds stands in its tags: no host has to open it to list it.
 */

const SECTOR_BYTES = 512

/** Rounds up to whole sectors, as LVM wants sizes. */
function sectors(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / SECTOR_BYTES)) * SECTOR_BYTES
}

export function createVolumeScripts({ manage, metadataVolume }: VolumeGroup): FileScripts {
  /** In the group, with `n` as the volume's name and `p` as its device. */
  const on = (name: string, script: string) => `${manage}\nn=${shellQuote(name)}; p=/dev/$vg/$n; ${script}`
  const activate = 'lv lvchange -q -a y -K "$vg/$n" || exit 1; p=$(readlink -f "$p")'
  /** Of `need` bytes, and active. */
  const make = `lv lvcreate -q -y -W n -Z n -k y -n "$n" -L "$need"b $vg >/dev/null || exit 1; ${activate}`
  /** Sets `need`: what a qcow2 may grow to, with its own tables. */
  const measure = (bytes: number) =>
    `command -v qemu-img >/dev/null || exit ${NOT_THERE}; need=$(qemu-img measure -O qcow2 --size ${bytes} | sed -n "s/^fully allocated size: //p"); need=$(((need + 511) / 512 * 512))`
  /** Gives the volume what a qcow2 of that size may need; it keeps what it has beyond. */
  const extend = (bytes: number) =>
    `${measure(bytes)}; has=$(lv lvs --readonly --noheadings --units b --nosuffix -o lv_size "$vg/$n") || exit 1; if [ "$need" -gt $has ]; then lv lvextend -q -L "$need"b "$vg/$n" >/dev/null || exit 1; fi`
  const relabel = (bytes: number) =>
    `l=; for t in $(lv lvs --readonly --noheadings -o lv_tags "$vg/$n" | tr , " "); do case $t in virtdeck.bytes=*) l="$l --deltag $t";; esac; done; lv lvchange -q $l --addtag virtdeck.bytes=${bytes} "$vg/$n" >/dev/null`
  return {
    // What others have left there must not show through the holes of what comes.
    make: (name, sizeBytes) => on(name, `need=${sectors(sizeBytes)}; ${make}; blkdiscard -f -z "$p"`),
    remove: (...names) =>
      `${manage}\nfor n in ${names.map(shellQuote).join(' ')}; do if lv lvs --readonly "$vg/$n" >/dev/null 2>&1; then lv lvchange -q -a n "$vg/$n" && lv lvremove -q -f -y "$vg/$n" >/dev/null || exit 1; fi; done`,
    exists: (name) => on(name, 'if lv lvs --readonly "$vg/$n" >/dev/null 2>&1; then echo yes; else echo no; fi'),
    publish: (part, name, { format, virtualBytes }) =>
      on(
        part,
        [
          `m=${shellQuote(name)}; there() { lv lvs --readonly "$vg/$1" >/dev/null 2>&1; }`,
          `if there "$m"; then if there "$n"; then exit ${IN_THE_WAY}; fi; exit 0; fi`,
          `lv lvchange -q -a n "$vg/$n" && lv lvchange -q --addtag virtdeck.format=${format} --addtag virtdeck.bytes=${virtualBytes ?? 0} "$vg/$n" >/dev/null && lv lvrename -q "$vg" "$n" "$m" >/dev/null`,
        ].join('; '),
      ),
    writeExtents: (name) =>
      on(
        name,
        [
          activate,
          'echo "@boot $(cat /proc/sys/kernel/random/boot_id)"',
          'while read -r offset length; do dd of="$p" bs=1M count="$length" seek="$offset" iflag=fullblock,count_bytes oflag=seek_bytes,nofollow conv=notrunc status=none || exit; echo "@$((offset + length))"; done',
          'sync -- "$p" && echo @synced',
        ].join('; '),
      ),
    hashExtents: (name) => on(name, `${activate}; ${printExtents('"$p"')} | sha256sum`),
    // A volume has the size that it was made with.
    truncate: () => ':',
    readTail: (name, bytes, sizeBytes) =>
      on(
        name,
        `${activate}; dd if="$p" bs=${bytes} count=1 skip=${Math.max(0, sizeBytes - bytes)} iflag=skip_bytes,fullblock status=none | base64 -w 0`,
      ),
    create: (name, { format, sizeBytes }) =>
      on(
        name,
        format === 'qcow2'
          ? `${measure(sizeBytes)}; ${make}; qemu-img create -q -f qcow2 "$p" ${sizeBytes} && sync -- "$p"`
          : `need=${sectors(sizeBytes)}; ${make}; blkdiscard -f -z "$p"`,
      ),
    grow: (name, { format, virtualBytes }) =>
      format !== 'qcow2' || virtualBytes === null ? ':' : on(name, extend(virtualBytes)),
    resize: (name, { virtualBytes }) =>
      on(
        name,
        [
          extend(virtualBytes),
          `${activate}; qemu-img resize -q -f qcow2 "$p" ${virtualBytes} && sync -- "$p" || exit`,
          'lv lvchange -q -a n "$vg/$n" || exit 1',
          relabel(virtualBytes),
        ].join('; '),
      ),
    label: (name, virtualBytes) => on(name, relabel(virtualBytes)),
    // Four lines for each, as of a folder: the numbers, the name, and where a file's first bytes would stand, its tags.
    list: () =>
      [
        manage,
        `lv lvs --readonly --noheadings --units b --nosuffix --separator "|" -o lv_name,lv_size,lv_tags $vg | while IFS="|" read -r n s t; do n=$(echo $n); case $n in ${metadataVolume}|.*) continue;; esac; echo "$s $s 1"; printf %s "$n" | base64 -w 0; echo; echo "@$t"; echo; done`,
      ].join('\n'),
  }
}
