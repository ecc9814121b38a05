import { element, serializeXml } from '../../xml/index.ts'
import { cpusOf, type HostSpec } from './host-spec.ts'

/** The newest of each family first, as QEMU 9.2 and libvirt name them. */
const MACHINES = [
  { alias: 'q35', canonical: 'pc-q35-9.2' },
  { alias: 'pc', canonical: 'pc-i440fx-9.2' },
] as const
const EMULATOR = '/usr/bin/qemu-system-x86_64'
const OVMF = '/usr/share/OVMF/OVMF_CODE_4M.fd'
const MAX_VCPUS = 288

/** Models of each vendor, the oldest first: a host can give its own and those before it. */
const MODELS = {
  AMD: ['Opteron_G5', 'EPYC', 'EPYC-Rome', 'EPYC-Milan', 'EPYC-Genoa'],
  Intel: [
    'Westmere',
    'Haswell-noTSX',
    'Broadwell-noTSX',
    'Skylake-Server-noTSX-IBRS',
    'Cascadelake-Server-noTSX',
    'Icelake-Server-noTSX',
  ],
} as const

/** What a machine type of a definition stands for. */
export function canonicalMachine(name: string | undefined): string {
  return MACHINES.find(({ alias }) => alias === name)?.canonical ?? name ?? MACHINES[1].canonical
}

/** CPU models that the host can give a guest. */
export function cpuModelsOf({ cpuVendor, cpuModel }: HostSpec): readonly string[] {
  const models: readonly string[] = MODELS[cpuVendor]
  return ['qemu64', 'kvm64', ...models.slice(0, models.indexOf(cpuModel) + 1)]
}

/** `virConnectGetCapabilities`. https://libvirt.org/formatcaps.html */
export function buildCapabilities(spec: HostSpec): string {
  const { cpuModel, cpuVendor, memoryKiB, uuid } = spec
  const cpus = Array.from({ length: cpusOf(spec) }, (_, id) => element('cpu', { id }))
  const guest = (osType: string) =>
    element(
      'guest',
      {},
      element('os_type', {}, osType),
      element(
        'arch',
        { name: 'x86_64' },
        element('wordsize', {}, 64),
        element('emulator', {}, EMULATOR),
        MACHINES.flatMap(({ alias, canonical }) => [
          element('machine', { maxCpus: MAX_VCPUS }, canonical),
          element('machine', { canonical, maxCpus: MAX_VCPUS }, alias),
        ]),
        element('domain', { type: 'qemu' }),
        element('domain', { type: 'kvm' }),
      ),
    )
  return serializeXml(
    element(
      'capabilities',
      {},
      element(
        'host',
        {},
        element('uuid', {}, uuid),
        element(
          'cpu',
          {},
          element('arch', {}, 'x86_64'),
          element('model', {}, cpuModel),
          element('vendor', {}, cpuVendor),
        ),
        element('migration_features', {}, element('live')),
        element(
          'topology',
          {},
          element(
            'cells',
            { num: 1 },
            element(
              'cell',
              { id: 0 },
              element('memory', { unit: 'KiB' }, memoryKiB),
              element('cpus', { num: cpus.length }, cpus),
            ),
          ),
        ),
        element('secmodel', {}, element('model', {}, 'none'), element('doi', {}, 0)),
      ),
      guest('hvm'),
    ),
  )
}

/** `virConnectGetDomainCapabilities`. https://libvirt.org/formatdomaincaps.html */
export function buildDomainCapabilities(
  spec: HostSpec,
  asked: { readonly machine: string | null; readonly virttype: string | null },
): string {
  const list = (name: string, values: readonly string[]) =>
    element(
      'enum',
      { name },
      values.map((value) => element('value', {}, value)),
    )
  const usable = new Set(cpuModelsOf(spec))
  const models = MODELS[spec.cpuVendor].map((model) =>
    element('model', { usable: usable.has(model) ? 'yes' : 'no', vendor: spec.cpuVendor }, model),
  )
  return serializeXml(
    element(
      'domainCapabilities',
      {},
      element('path', {}, EMULATOR),
      element('domain', {}, asked.virttype ?? 'kvm'),
      element('machine', {}, canonicalMachine(asked.machine ?? 'pc')),
      element('arch', {}, 'x86_64'),
      element('vcpu', { max: MAX_VCPUS }),
      element(
        'os',
        { supported: 'yes' },
        list('firmware', ['bios', 'efi']),
        element('loader', { supported: 'yes' }, element('value', {}, OVMF), list('type', ['rom', 'pflash'])),
      ),
      element(
        'cpu',
        {},
        element('mode', { name: 'host-passthrough', supported: 'yes' }),
        element('mode', { name: 'maximum', supported: 'yes' }),
        element(
          'mode',
          { name: 'host-model', supported: 'yes' },
          element('model', { fallback: 'forbid' }, spec.cpuModel),
          element('vendor', {}, spec.cpuVendor),
        ),
        element('mode', { name: 'custom', supported: 'yes' }, models),
      ),
      element(
        'devices',
        {},
        element('graphics', { supported: 'yes' }, list('type', ['vnc'])),
        element('video', { supported: 'yes' }, list('modelType', ['vga', 'virtio', 'none'])),
        element('tpm', { supported: 'no' }),
      ),
    ),
  )
}

/** `virConnectGetSysinfo`: what the firmware tells of the processor. */
export function buildSysinfo({ processor, uuid }: HostSpec): string {
  const entry = (name: string, value: string) => element('entry', { name }, value)
  return serializeXml(
    element(
      'sysinfo',
      { type: 'smbios' },
      element('system', {}, entry('manufacturer', 'Virtdeck'), entry('product', 'Simulated host'), entry('uuid', uuid)),
      element('processor', {}, entry('version', processor)),
    ),
  )
}

/** The CPU that all of the given ones can give: the oldest of them. Null where one is of another vendor, or not known. Pure. */
export function findBaseline(spec: HostSpec, models: readonly string[]): string | null {
  const known: readonly string[] = MODELS[spec.cpuVendor]
  const places = models.map((model) => known.indexOf(model))
  if (places.length === 0 || places.includes(-1)) return null
  return known[Math.min(...places)] ?? null
}
