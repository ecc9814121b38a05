import { randomUUID } from 'node:crypto'
import { guestPaths } from './guest-image.ts'

/** How the screen of a guest is offered. */
export type GuestGraphics =
  | { readonly kind: 'none' }
  /** VNC on a unix socket whose path libvirt chooses. */
  | { readonly kind: 'vnc-socket' }
  /** VNC on 127.0.0.1 of the host, on a port that libvirt chooses. */
  | { readonly kind: 'vnc-tcp'; readonly password?: string; readonly listen?: string; readonly keymap?: string }

/** What a guest of the lab is like. */
export interface GuestOptions {
  readonly name: string
  readonly uuid?: string
  /**
   * `linux` boots to a shell on the serial console in about 2 s, `firmware` shows SeaBIOS only (ready at once),
   * `memtest` draws a changing picture and reacts to keys. Default `linux`.
   */
  readonly boots?: 'linux' | 'firmware' | 'memtest'
  /** Default 128 (linux), 32 (firmware), 64 (memtest). */
  readonly memoryMiB?: number
  readonly vcpus?: number
  /** Default `vnc-socket`. */
  readonly graphics?: GuestGraphics
  /** Serial port of the guest's shell. With `second` the first port writes into a file. Default `first`. */
  readonly shellPort?: 'first' | 'second'
  /** The guest (`linux`) prints the input events of its keyboard on the serial console: see `pressedKeys`. */
  readonly reportsKeys?: boolean
  /** Address that the guest gives itself on eth0, e.g. `10.77.0.201`. */
  readonly guestAddress?: string
  /** QEMU's agent runs in it (`linux`), and mounts an ext4 image that is given as /dev/vda: see `prepareAgentGuest`. */
  readonly agent?: boolean
  readonly title?: string
  readonly description?: string
  /** More device elements, as XML. */
  readonly devices?: string
}

const defaultMemoryMiB = { linux: 128, firmware: 32, memtest: 64 } as const

/** Domain XML of a guest under software emulation (`qemu`), for `virsh define` or `virsh create` on a lab host. */
export function guestXml(options: GuestOptions): string {
  const boots = options.boots ?? 'linux'
  const memoryMiB = options.memoryMiB ?? defaultMemoryMiB[boots]
  return `<domain type='qemu'>
  <name>${escapeXml(options.name)}</name>
  <uuid>${options.uuid ?? randomUUID()}</uuid>
  ${options.title === undefined ? '' : `<title>${escapeXml(options.title)}</title>`}
  ${options.description === undefined ? '' : `<description>${escapeXml(options.description)}</description>`}
  <memory unit='MiB'>${memoryMiB}</memory>
  <vcpu>${options.vcpus ?? 1}</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    ${bootXml(boots, options)}
    <bios useserial='no'/>
  </os>
  <features><acpi/></features>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    ${serialXml(options)}
    ${graphicsXml(options.graphics ?? { kind: 'vnc-socket' })}
    ${options.agent === true ? "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>" : ''}
    ${options.devices ?? ''}
  </devices>
</domain>
`
}

function serialXml({ name, shellPort }: GuestOptions): string {
  const log = `/var/log/libvirt/qemu/${escapeXml(name)}-serial.log`
  if (shellPort === 'second') return `<serial type='file'><source path='${log}'/></serial><serial type='pty'/>`
  return `<serial type='pty'><log file='${log}' append='off'/></serial>
    <console type='pty'><target type='serial' port='0'/></console>`
}

function bootXml(
  boots: 'linux' | 'firmware' | 'memtest',
  { guestAddress: address, shellPort = 'first', reportsKeys = false, agent = false }: GuestOptions,
): string {
  if (boots === 'firmware') return "<boot dev='hd'/>"
  if (boots === 'memtest') return `<kernel>${guestPaths.memtest}</kernel>`
  const words = [
    `console=${shellPort === 'first' ? 'ttyS0' : 'ttyS1'}`,
    'quiet',
    ...(address === undefined ? [] : [`ip=${address}`]),
    ...(reportsKeys ? ['keys'] : []),
  ]
  const initrd = agent ? guestPaths.agentInitrd : guestPaths.initrd
  return `<kernel>${guestPaths.kernel}</kernel><initrd>${initrd}</initrd><cmdline>${escapeXml(words.join(' '))}</cmdline>`
}

function graphicsXml(graphics: GuestGraphics): string {
  if (graphics.kind === 'none') return ''
  const video = "<video><model type='vga'/></video><input type='keyboard' bus='ps2'/><input type='tablet' bus='usb'/>"
  if (graphics.kind === 'vnc-socket') return `<graphics type='vnc'><listen type='socket'/></graphics>${video}`
  const password = graphics.password === undefined ? '' : ` passwd='${escapeXml(graphics.password)}'`
  const listen = graphics.listen ?? '127.0.0.1'
  const keymap = graphics.keymap === undefined ? '' : ` keymap='${escapeXml(graphics.keymap)}'`
  return `<graphics type='vnc' port='-1' autoport='yes'${keymap}${password} listen='${escapeXml(listen)}'/>${video}`
}

function escapeXml(text: string): string {
  return text.replace(/[&<>'"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** The key codes (linux/input-event-codes.h) that a guest with `reportsKeys` has seen pressed, in order, by its serial log. */
export function pressedKeys(serialLog: string): number[] {
  // struct input_event in 16-bit words: 8 of time, type (1: EV_KEY), code, value (1: pressed).
  const events = [...serialLog.matchAll(/KEY (\d+(?: \d+){11})/g)].map(([, words]) =>
    (words ?? '').split(' ').map(Number),
  )
  return events.filter((words) => words[8] === 1 && words[10] === 1).map((words) => words[9] ?? 0)
}
