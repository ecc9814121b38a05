import { typedParameter } from '../../libvirt/index.ts'
import { DaemonError, type DaemonHandlers } from '../../libvirt/server/index.ts'
import { childIn } from '../../xml/index.ts'
import {
  buildCapabilities,
  buildDomainCapabilities,
  buildSysinfo,
  cpuModelsOf,
  findBaseline,
} from '../host/describe-host.ts'
import { cpusOf } from '../host/host-spec.ts'
import type { SimulatedHost } from '../host/simulated-host.ts'
import { readRoot } from '../machine/definition-text.ts'

/** `VIR_DRV_FEATURE_…` that a client asks for: keepalive, migration by parameters, event callbacks, change protection, close callbacks. */
const FEATURES: ReadonlySet<number> = new Set([7, 10, 13, 14, 15])
const COMPARE = { incompatible: 0, superset: 2 } as const
const FAIL_INCOMPATIBLE = 1

/** Opening a connection, and what the host tells of itself. */
export function createConnectHandlers(host: SimulatedHost): DaemonHandlers {
  const { spec } = host
  return {
    AUTH_LIST: () => ({ types: [0] }),
    CONNECT_SUPPORTS_FEATURE: ({ feature }) => ({ supported: FEATURES.has(feature) ? 1 : 0 }),
    CONNECT_OPEN: ({ name }) => {
      // A driver's own daemon is asked for by its own name; here one daemon has them all.
      if (name !== null && !/^(qemu|storage|network|nodedev|secret|nwfilter):\/\/\/(system|session)$/.test(name)) {
        throw new DaemonError('noConnection', `no connection driver available for ${name}`, 'none')
      }
      return undefined
    },
    CONNECT_CLOSE: () => undefined,
    CONNECT_REGISTER_CLOSE_CALLBACK: () => undefined,
    CONNECT_GET_TYPE: () => ({ type: 'QEMU' }),
    CONNECT_GET_URI: () => ({ uri: 'qemu:///system' }),
    CONNECT_GET_VERSION: () => ({ hv_ver: BigInt(spec.qemuVersion) }),
    CONNECT_GET_LIB_VERSION: () => ({ lib_ver: BigInt(spec.libvirtVersion) }),
    CONNECT_GET_HOSTNAME: () => ({ hostname: spec.address }),
    CONNECT_GET_CAPABILITIES: () => ({ capabilities: buildCapabilities(spec) }),
    CONNECT_GET_DOMAIN_CAPABILITIES: (asked) => ({ capabilities: buildDomainCapabilities(spec, asked) }),
    CONNECT_GET_SYSINFO: () => ({ sysinfo: buildSysinfo(spec) }),
    CONNECT_GET_CPU_MODEL_NAMES: () => {
      const models = [...cpuModelsOf(spec)]
      return { models, ret: models.length }
    },
    CONNECT_COMPARE_HYPERVISOR_CPU: ({ xmlCPU, flags }) => {
      const model = childIn(readRoot(xmlCPU, 'cpu').root, 'model')?.text.trim()
      if (model === undefined || cpuModelsOf(spec).includes(model)) return { result: COMPARE.superset }
      if ((flags & FAIL_INCOMPATIBLE) === 0) return { result: COMPARE.incompatible }
      throw new DaemonError(
        'cpuIncompatible',
        `the CPU is incompatible with host CPU: ${model} is not supported`,
        'none',
      )
    },
    CONNECT_BASELINE_HYPERVISOR_CPU: ({ xmlCPUs }) => {
      const models = xmlCPUs.map((xml) => childIn(readRoot(xml).root, 'model')?.text.trim() ?? '')
      const model = findBaseline(spec, models)
      if (model === null) throw new DaemonError('operationFailed', 'operation failed: CPUs are incompatible', 'none')
      return {
        cpu: `<cpu mode='custom' match='exact'><model fallback='forbid'>${model}</model><vendor>${spec.cpuVendor}</vendor></cpu>`,
      }
    },
    NODE_GET_INFO: () => ({
      model: 'x86_64',
      memory: BigInt(spec.memoryKiB),
      cpus: cpusOf(spec),
      mhz: spec.cpuMhz,
      nodes: 1,
      sockets: spec.sockets,
      cores: spec.coresPerSocket,
      threads: spec.threadsPerCore,
    }),
    NODE_GET_CPU_STATS: ({ nparams }) => {
      const { busy, idle } = host.cpuCounters()
      const values = { kernel: busy / 5n, user: busy - busy / 5n, idle, iowait: 0n }
      const params = Object.entries(values).map(([field, value]) => ({ field, value }))
      return { params: nparams === 0 ? [] : params.slice(0, nparams), nparams: params.length }
    },
    NODE_GET_MEMORY_STATS: ({ nparams }) => {
      const freeKiB = host.freeMemoryKiB()
      const values = { total: spec.memoryKiB, free: freeKiB, buffers: 65_536, cached: 524_288 }
      const params = Object.entries(values).map(([field, value]) => ({ field, value: BigInt(value) }))
      return { params: nparams === 0 ? [] : params.slice(0, nparams), nparams: params.length }
    },
    NODE_GET_CELLS_FREE_MEMORY: ({ startCell }) => ({
      cells: startCell === 0 ? [BigInt(host.freeMemoryKiB()) * 1024n] : [],
    }),
    NODE_GET_MEMORY_PARAMETERS: ({ nparams }) => {
      const params = [typedParameter('uint', 'shm_pages_to_scan', 100)]
      return { params: nparams === 0 ? [] : params, nparams: params.length }
    },
    NODE_NUM_OF_DEVICES: () => ({ num: 0 }),
    CONNECT_LIST_ALL_NODE_DEVICES: () => ({ devices: [], ret: 0 }),
    CONNECT_NUM_OF_SECRETS: () => ({ num: 0 }),
    CONNECT_NUM_OF_NWFILTERS: () => ({ num: 0 }),
  }
}
