const SECTOR_BYTES = 512
const PROGRAM = [
  ...[0x31, 0xc0], //             xor ax, ax
  ...[0x8e, 0xd8], //             mov ds, ax
  ...[0xbe, 0x33, 0x7c], //       mov si, message
  ...[0xac], //            print: lodsb
  ...[0x84, 0xc0], //             test al, al
  ...[0x74, 0x05], //             jz echo
  ...[0xe8, 0x15, 0x00], //       call put
  ...[0xeb, 0xf6], //             jmp print
  ...[0xba, 0xfd, 0x03], // echo: mov dx, 0x3fd    line status of the first serial port
  ...[0xec], //            wait:  in al, dx
  ...[0xa8, 0x01], //             test al, 1       a byte has come
  ...[0x74, 0xfb], //             jz wait
  ...[0xba, 0xf8, 0x03], //       mov dx, 0x3f8
  ...[0xec], //                   in al, dx
  ...[0x34, 0x20], //             xor al, 0x20     the other case of a letter
  ...[0xe8, 0x02, 0x00], //       call put
  ...[0xeb, 0xed], //             jmp echo
  ...[0x50], //              put: push ax
  ...[0xba, 0xfd, 0x03], //       mov dx, 0x3fd
  ...[0xec], //            full:  in al, dx
  ...[0xa8, 0x20], //             test al, 0x20    room for a byte
  ...[0x74, 0xfb], //             jz full
  ...[0x58], //                   pop ax
  ...[0xba, 0xf8, 0x03], //       mov dx, 0x3f8
  ...[0xee], //                   out dx, al
  ...[0xc3], //                   ret
]

/** What the guest says on its serial port once it runs. */
export const GREETING = 'READY\r\n'

/**
 * A boot disk of one sector for a guest that greets on its serial port and then answers each letter with the letter in
 * the other case. It needs no kernel and is up in well under a second, emulated.
 */
export function echoGuestDisk(): Buffer {
  const sector = Buffer.alloc(SECTOR_BYTES)
  Buffer.from(PROGRAM).copy(sector)
  sector.write(`${GREETING}\0`, PROGRAM.length, 'latin1')
  sector.writeUInt16LE(0xaa55, SECTOR_BYTES - 2)
  return sector
}

/** The definition of the guest; `diskPath` is where its disk lies on the host. */
export function echoGuestXml(name: string, diskPath: string): string {
  return `<domain type='qemu'>
    <name>${name}</name>
    <memory unit='MiB'>16</memory>
    <vcpu>1</vcpu>
    <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='hd'/></os>
    <on_poweroff>destroy</on_poweroff>
    <devices>
      <emulator>/usr/bin/qemu-system-x86_64</emulator>
      <disk type='file' device='disk'>
        <driver name='qemu' type='raw'/><source file='${diskPath}'/><target dev='hda' bus='ide'/>
      </disk>
      <serial type='pty'/>
      <console type='pty'/>
      <graphics type='vnc'><listen type='none'/></graphics>
      <video><model type='vga'/></video>
      <memballoon model='none'/>
    </devices>
  </domain>`
}
