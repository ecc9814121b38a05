import type { HostFacts } from '../../../shared/domain/index.ts'
import { isLibvirtError, type LibvirtConnection } from '../../hosts/index.ts'
import { buildCpuXml, type CpuDescription, parseCpu, parseHostModelCpu, parseUnusableModels } from '../../xml/index.ts'

/** What is known of the CPU that a host's hypervisor gives to guests. */
export interface HostCpu {
  readonly architecture: string
  /** "kvm", or "qemu" on a host that only emulates. */
  readonly domainType: string
  /** Null where the host has no CPU models. */
  readonly hostModel: CpuDescription | null
  /** Models that its libvirt knows by name. */
  readonly knownModels: readonly string[]
  /** Of those: models that it cannot give to guests. */
  readonly unusableModels: readonly string[]
}

/** What a host's CPU is to a level. */
export type CpuVerdict =
  | { readonly kind: 'fits' }
  /** `missing`: flags, as far as libvirt names them. */
  | { readonly kind: 'lacks'; readonly missing: readonly string[] }
  | { readonly kind: 'unknown-model' }

interface CallLimits {
  readonly signal: AbortSignal
}

/** The daemon may first have to look at its QEMU. */
const TIMEOUT_MS = 60_000
/** `VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE`: the answer to "no" is an error that names the flags. */
const FAIL_INCOMPATIBLE = 1
/** `REMOTE_CPU_BASELINE_MAX`, CPUs in one call. */
const BASELINE_LIMIT = 256
/** `VIR_CPU_COMPARE_INCOMPATIBLE`; identical and superset are greater. */
const INCOMPATIBLE = 0
const MODELS_LIMIT = 1_024
const MISSING_LIMIT = 256

/** Asks a host for the CPU of its guests. Errors: those of `call`, XmlError. */
export async function fetchHostCpu(
  connection: LibvirtConnection,
  facts: Pick<HostFacts, 'architecture' | 'domainTypes'>,
  { signal }: CallLimits,
): Promise<HostCpu> {
  const { architecture } = facts
  const [domainType = 'qemu'] = facts.domainTypes
  const limits = { signal, timeoutMs: TIMEOUT_MS }
  const [capabilities, models] = await Promise.all([
    nullIfRefused(
      connection.call(
        'CONNECT_GET_DOMAIN_CAPABILITIES',
        { emulatorbin: null, arch: architecture, machine: null, virttype: domainType, flags: 0 },
        limits,
      ),
    ),
    nullIfRefused(
      connection.call('CONNECT_GET_CPU_MODEL_NAMES', { arch: architecture, need_results: 1, flags: 0 }, limits),
    ),
  ])
  const knownModels = (models?.models ?? []).filter((name) => name.length <= 64).slice(0, MODELS_LIMIT)
  const unusable = new Set(capabilities === null ? [] : parseUnusableModels(capabilities.capabilities))
  return {
    architecture,
    domainType,
    hostModel: capabilities === null ? null : parseHostModelCpu(capabilities.capabilities),
    knownModels,
    unusableModels: knownModels.filter((model) => unusable.has(model)),
  }
}

/** Has a host's CPU all that a level asks for? Errors: those of `call`. */
export async function fetchCpuVerdict(
  connection: LibvirtConnection,
  host: HostCpu,
  level: CpuDescription,
  { signal }: CallLimits,
): Promise<CpuVerdict> {
  if (!host.knownModels.includes(level.model)) return { kind: 'unknown-model' }
  try {
    const { result } = await connection.call(
      'CONNECT_COMPARE_HYPERVISOR_CPU',
      { ...hypervisorOf(host), xmlCPU: buildCpuXml(level), flags: FAIL_INCOMPATIBLE },
      { signal, timeoutMs: TIMEOUT_MS },
    )
    return result === INCOMPATIBLE ? { kind: 'lacks', missing: [] } : { kind: 'fits' }
  } catch (error) {
    if (!isLibvirtError(error, 'cpuIncompatible')) throw error
    return { kind: 'lacks', missing: parseMissingFeatures(error.params.message) }
  }
}

/**
 * The flags in libvirt's "CPU is incompatible with host CPU: Host CPU does not provide required features: pcid, x2apic": what
 * follows the last colon, in whatever language the rest is. Empty when it gives another reason (another vendor). Pure.
 */
export function parseMissingFeatures(message: string): string[] {
  const names = message
    .slice(message.lastIndexOf(':') + 1)
    .split(',')
    .map((name) => name.trim())
  return names.every((name) => /^[a-z0-9_.-]{1,64}$/.test(name)) ? names.slice(0, MISSING_LIMIT) : []
}

/** What all of these CPUs have, as the hypervisor of one host finds it. Errors: those of `call` (they have nothing in common), XmlError. */
export async function fetchBaseline(
  connection: LibvirtConnection,
  host: HostCpu,
  cpus: readonly CpuDescription[],
  { signal }: CallLimits,
): Promise<CpuDescription | null> {
  let parts = [...new Set(cpus.map(buildCpuXml))]
  do {
    const xmlCPUs = parts.slice(0, BASELINE_LIMIT)
    const { cpu } = await connection.call(
      'CONNECT_BASELINE_HYPERVISOR_CPU',
      { ...hypervisorOf(host), xmlCPUs, flags: 0 },
      { signal, timeoutMs: TIMEOUT_MS },
    )
    const common = parseCpu(cpu)
    if (common === null) return null
    // More of them than fit into one call: what the first have in common takes their place.
    parts = [buildCpuXml(common), ...parts.slice(BASELINE_LIMIT)]
    if (parts.length === 1) return common
  } while (!signal.aborted)
  return null
}

function hypervisorOf({ architecture, domainType }: HostCpu) {
  return { emulator: null, arch: architecture, machine: null, virttype: domainType }
}

async function nullIfRefused<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading
  } catch (error) {
    if (isLibvirtError(error)) return null
    throw error
  }
}
