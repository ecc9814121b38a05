import { typedParameter } from '../../libvirt/index.ts'
import { DaemonError, type DaemonHandlers } from '../../libvirt/server/index.ts'
import type { SimulatedHost } from '../host/simulated-host.ts'
import { withoutPasswords } from '../machine/definition-text.ts'
import { addressOf, guestOf } from '../machine/guest-facts.ts'
import { type SimulatedMachine, STATE } from '../machine/simulated-machine.ts'
import { buildStatistics, cpuNanoseconds, DRIVE_BYTES } from '../machine/statistics.ts'
import { isListed } from './list-flags.ts'

const XML = { secure: 1, inactive: 2 } as const
const ADDRESS_SOURCE = { agent: 1 } as const

/** Lists of domains, and what each tells. */
export function createDomainReadingHandlers(host: SimulatedHost): DaemonHandlers {
  const { clock } = host
  const time = () => ({ monotonicMs: clock.monotonicMs(), nowMs: clock.now() })
  const of = (dom: { readonly uuid: string }) => host.machine(dom.uuid)
  return {
    CONNECT_LIST_ALL_DOMAINS: ({ need_results, flags }) => {
      const domains = [...host.machines.values()]
        .filter((machine) => isAsked(machine, flags))
        .map((each) => each.reference)
      return { domains: need_results === 0 ? [] : domains, ret: domains.length }
    },
    CONNECT_NUM_OF_DOMAINS: () => ({ num: [...host.machines.values()].filter(({ isActive }) => isActive).length }),
    CONNECT_GET_ALL_DOMAIN_STATS: ({ doms, stats, flags }) => {
      const asked = doms.length === 0 ? [...host.machines.values()] : doms.map(of)
      const now = time()
      const told = asked.filter((machine) => isAsked(machine, flags))
      return {
        retStats: told.map((machine) => ({ dom: machine.reference, params: buildStatistics(machine, stats, now) })),
      }
    },
    DOMAIN_LOOKUP_BY_UUID: ({ uuid }) => ({ dom: host.machine(uuid).reference }),
    DOMAIN_LOOKUP_BY_NAME: ({ name }) => {
      const machine = host.findByName(name)
      if (machine === null)
        throw new DaemonError('noDomain', `Domain not found: no domain with matching name '${name}'`)
      return { dom: machine.reference }
    },
    DOMAIN_LOOKUP_BY_ID: ({ id }) => {
      const machine = [...host.machines.values()].find(({ live }) => live?.id === id)
      if (machine === undefined) throw new DaemonError('noDomain', `Domain not found: no domain with matching id ${id}`)
      return { dom: machine.reference }
    },
    DOMAIN_GET_STATE: ({ dom }) => {
      const { state, reason } = of(dom)
      return { state, reason }
    },
    DOMAIN_GET_INFO: ({ dom }) => {
      const machine = of(dom)
      const { memoryKiB, maxMemoryKiB, vcpus } = machine.parsed
      const { live, state } = machine
      const cpuTime = live === null ? 0n : cpuNanoseconds(machine, live.startedMs / 1_000, clock.monotonicMs() / 1_000)
      return { state, maxMem: BigInt(maxMemoryKiB), memory: BigInt(memoryKiB), nrVirtCpu: vcpus, cpuTime }
    },
    DOMAIN_GET_XML_DESC: ({ dom, flags }) => {
      const { live, definition } = of(dom)
      const xml = live === null || (flags & XML.inactive) !== 0 ? definition.xml : live.xml
      return { xml: (flags & XML.secure) !== 0 ? xml : withoutPasswords(xml) }
    },
    DOMAIN_IS_ACTIVE: ({ dom }) => ({ active: of(dom).isActive ? 1 : 0 }),
    DOMAIN_IS_PERSISTENT: ({ dom }) => ({ persistent: of(dom).isPersistent ? 1 : 0 }),
    DOMAIN_GET_AUTOSTART: ({ dom }) => ({ autostart: of(dom).autostart ? 1 : 0 }),
    DOMAIN_HAS_MANAGED_SAVE_IMAGE: ({ dom }) => ({ result: of(dom).hasManagedSave ? 1 : 0 }),
    // There are no snapshots: a list of none is true.
    DOMAIN_SNAPSHOT_NUM: ({ dom }) => {
      of(dom)
      return { num: 0 }
    },
    DOMAIN_LIST_ALL_SNAPSHOTS: ({ dom }) => {
      of(dom)
      return { snapshots: [], ret: 0 }
    },
    DOMAIN_GET_BLOCK_INFO: ({ dom, path }) => {
      const drive = of(dom).parsed.disks.find(({ target, source }) => target === path || source === path)
      if (drive === undefined) throw new DaemonError('invalidArgument', `invalid argument: no disk ${path}`)
      const capacity = BigInt(DRIVE_BYTES)
      return { capacity, allocation: capacity / 4n, physical: capacity / 4n }
    },
    DOMAIN_INTERFACE_ADDRESSES: ({ dom, source }) => {
      const machine = of(dom)
      machine.requireLive()
      if (source !== ADDRESS_SOURCE.agent) return { ifaces: [] }
      requireAgent(machine)
      const ifaces = machine.parsed.nics.map(({ macAddress }, index) => ({
        name: `eth${index}`,
        hwaddr: macAddress,
        addrs: [{ type: 0, addr: addressOf(macAddress), prefix: 24 }],
      }))
      return { ifaces }
    },
    DOMAIN_GET_GUEST_INFO: ({ dom }) => {
      const machine = of(dom)
      requireAgent(machine)
      const { system, kernel } = guestOf(machine.parsed.operatingSystem)
      return {
        params: [
          typedParameter('string', 'os.pretty-name', system),
          typedParameter('string', 'os.kernel-release', kernel),
          typedParameter('string', 'hostname', machine.definition.name),
          typedParameter('string', 'timezone.name', 'UTC'),
          typedParameter('uint', 'user.count', 0),
        ],
      }
    },
  }
}

function requireAgent(machine: SimulatedMachine): void {
  machine.requireLive()
  if (machine.parsed.guestAgent === 'connected') return
  throw new DaemonError('agentUnresponsive', 'Guest agent is not responding: QEMU guest agent is not connected')
}

/** `virConnectListAllDomainsFlags`. */
function isAsked(
  { isActive, isPersistent, state, hasManagedSave, autostart }: SimulatedMachine,
  flags: number,
): boolean {
  const isOther = state !== STATE.running && state !== STATE.paused && state !== STATE.shutOff
  return isListed(flags, [
    [
      [1, isActive],
      [2, !isActive],
    ],
    [
      [4, isPersistent],
      [8, !isPersistent],
    ],
    [
      [16, state === STATE.running],
      [32, state === STATE.paused],
      [64, state === STATE.shutOff],
      [128, isOther],
    ],
    [
      [256, hasManagedSave],
      [512, !hasManagedSave],
    ],
    [
      [1_024, autostart],
      [2_048, !autostart],
    ],
    [
      [4_096, false],
      [8_192, true],
    ],
  ])
}
