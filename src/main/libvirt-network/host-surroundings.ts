import type { HostLink } from '../hosts/index.ts'

/** What a network must not collide with on its host. */
export interface HostSurroundings {
  readonly addresses: readonly { readonly device: string; readonly address: string; readonly prefix: number }[]
  readonly devices: ReadonlySet<string>
  readonly bridges: ReadonlySet<string>
}

const TIMEOUT_MS = 20_000
const OUTPUT_BYTES = 1024 * 1024
const SCRIPT = `LC_ALL=C; export LC_ALL
ip -o addr show 2>/dev/null
for device in /sys/class/net/*; do
  [ -e "$device" ] || continue
  if [ -d "$device/bridge" ]; then echo "bridge \${device##*/}"; else echo "device \${device##*/}"; fi
done`
const ADDRESS = /^\d+: +(\S+) +inet6? +([0-9a-f.:]+)(?: peer \S+?)?\/(\d{1,3}) /
const DEVICE = /^(device|bridge) (\S{1,15})$/

/** Reads a host's own addresses and devices. Null where it runs no commands for us: libvirt itself has the last word there. Errors: those of `runScript`. */
export async function fetchSurroundings(
  link: Pick<HostLink, 'definition' | 'runScript'>,
): Promise<HostSurroundings | null> {
  if (link.definition.transport === 'local') return null
  const limits = { timeoutMs: TIMEOUT_MS, maxOutputBytes: OUTPUT_BYTES }
  return parseSurroundings((await link.runScript(SCRIPT, limits)).stdout)
}

/** Reads what the script printed. Pure. */
export function parseSurroundings(output: string): HostSurroundings {
  const addresses: HostSurroundings['addresses'][number][] = []
  const [devices, bridges] = [new Set<string>(), new Set<string>()]
  for (const line of output.split('\n')) {
    const [, device, address, prefix] = ADDRESS.exec(line) ?? []
    if (device !== undefined && address !== undefined) {
      addresses.push({ device: device.replace(/@.*$/, ''), address, prefix: Number(prefix) })
      continue
    }
    const [, kind, name] = DEVICE.exec(line) ?? []
    if (name === undefined) continue
    devices.add(name)
    if (kind === 'bridge') bridges.add(name)
  }
  return { addresses, devices, bridges }
}
