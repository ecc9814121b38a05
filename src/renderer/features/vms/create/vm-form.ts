import {
  findNamedOperatingSystem,
  findOperatingSystem,
  type TemplateHardware,
  type VmCreateInput,
  vmCreateSpecSchema,
} from '../../../../shared/domain/index.ts'
import type { WireError } from '../../../../shared/errors/index.ts'
import { writeMemoryMiB } from './memory-text.ts'
import { toCreate } from './to-create.ts'
import { type VmForm, vmFieldsSchema } from './vm-fields.ts'

/** The fields of the wizard, with what one says of another, and what the command would refuse. */
export const vmFormSchema = vmFieldsSchema.superRefine((form, context) => {
  const complain = (field: keyof VmForm, message: string, ...within: (string | number)[]) =>
    context.addIssue({ code: 'custom', path: [field, ...within], message })
  const isSize = (size: string) => /^\d{1,5}([.,]\d{1,3})?$/.test(size) && Number(size.replace(',', '.')) > 0
  if (form.diskKind === 'new') {
    if (form.diskDomainId === '') complain('diskDomainId', 'newvm:wrong.domainMissing')
    if (!isSize(form.diskSizeGiB)) complain('diskSizeGiB', 'newvm:wrong.diskSize')
  }
  if (form.diskKind === 'existing' && form.diskId === '') complain('diskId', 'newvm:wrong.diskMissing')
  for (const [index, { kind, sizeGiB, domainId, diskId }] of form.moreDisks.entries()) {
    if (kind === 'existing' && diskId === '') complain('moreDisks', 'newvm:wrong.diskMissing', index, 'diskId')
    if (kind === 'new' && domainId === '') complain('moreDisks', 'newvm:wrong.domainMissing', index, 'domainId')
    if (kind === 'new' && !isSize(sizeGiB)) complain('moreDisks', 'newvm:wrong.diskSize', index, 'sizeGiB')
  }
  for (const [index, { nic, nicName }] of form.moreNics.entries()) {
    const isMissing = (nic === 'libvirt' || nic === 'bridge') && nicName === ''
    if (isMissing) complain('moreNics', 'newvm:wrong.networkMissing', index, 'nicName')
  }
  if (form.source === 'medium' && form.mediumId === '') complain('mediumId', 'newvm:wrong.mediumMissing')
  if ((form.nic === 'libvirt' || form.nic === 'bridge') && form.nicName === '')
    complain('nicName', 'newvm:wrong.networkMissing')
  // What is missing is said above; what a command would refuse, here.
  const parsed = vmCreateSpecSchema.safeParse(toCreate(form))
  const known = new Set(context.issues.map(({ path }) => String(path?.[0])))
  for (const { path } of parsed.error?.issues ?? []) {
    const [part, at] = path
    // Those beside the first come behind it, where there is a first.
    const row = Number(at) - (part === 'disks' ? (form.diskKind === 'none' ? 0 : 1) : form.nic === 'none' ? 0 : 1)
    if ((part === 'disks' || part === 'nics') && row >= 0) {
      const [rows, within] = part === 'disks' ? (['moreDisks', 'sizeGiB'] as const) : (['moreNics', 'nicName'] as const)
      if (!known.has(rows)) complain(rows, 'newvm:wrong.value', row, within)
      continue
    }
    const field = fieldOfPath(path)
    if (field !== null && !known.has(field)) complain(field, 'newvm:wrong.value')
  }
})

/** Which field a part of the command's input comes from; deeper paths first. */
const FIELDS_OF_PATHS: readonly (readonly [string, keyof VmForm])[] = [
  ['cpu.model', 'cpuModel'],
  ['cpu.topology.sockets', 'sockets'],
  ['cpu.topology.cores', 'cores'],
  ['cpu.topology', 'threads'],
  ['cpu.pinning', 'pinning'],
  ['cpu.numa', 'numa'],
  ['disks', 'diskSizeGiB'],
  ['nics', 'nicName'],
  ['kernel.kernelPath', 'kernelPath'],
  ['kernel.initrdPath', 'initrdPath'],
  ['kernel', 'commandLine'],
  ['cloudInit', 'user'],
  ['customXml.devices', 'customDevices'],
  ['customXml', 'customDomain'],
  ['memoryMiB', 'memory'],
  ['maxMemoryMiB', 'maxMemory'],
  ['boot', 'bootOrder'],
]

function fieldOfPath(path: readonly PropertyKey[]): keyof VmForm | null {
  const joined = path.filter((part) => typeof part !== 'number').join('.')
  const [last] = path.slice(-1)
  if (last === 'serial') return 'diskSerial'
  if (last === 'macAddress') return 'nicMac'
  const [, field] = FIELDS_OF_PATHS.find(([start]) => joined === start || joined.startsWith(`${start}.`)) ?? []
  if (field !== undefined) return field
  const [first] = path
  return typeof first === 'string' && Object.hasOwn(vmFieldsSchema.shape, first) ? (first as keyof VmForm) : null
}

/** What a new machine is made of where a person says nothing. */
export function emptyVmForm(parts: {
  readonly clusterId: string
  readonly diskDomainId: string
  readonly nic: string
}): VmForm {
  return {
    name: '',
    title: '',
    description: '',
    ...parts,
    templateId: 'blank',
    thin: true,
    ...fieldsOfSystem('linux'),
    operatingSystem: 'linux',
    diskKind: parts.diskDomainId === '' ? 'none' : 'new',
    diskId: '',
    nicName: parts.nic === 'libvirt' ? 'default' : '',
    moreDisks: [],
    moreNics: [],
    source: 'none',
    mediumId: '',
    kernelPath: '',
    initrdPath: '',
    commandLine: '',
    start: false,
    cpuMode: 'cluster',
    cpuModel: '',
    sockets: '',
    cores: '',
    threads: '',
    maxVcpus: '',
    pinning: '',
    numa: '',
    maxMemory: '',
    hugepages: false,
    ballooning: true,
    machineType: '',
    firmware: '',
    tpm: '',
    clock: '',
    bootOrder: '',
    bootMenu: false,
    diskBus: '',
    diskFormat: 'qcow2',
    diskAllocation: '',
    diskCache: 'none',
    diskSerial: '',
    nicModel: '',
    nicMac: '',
    nicLinkUp: true,
    graphics: '',
    serialConsole: true,
    video: '',
    sound: 'none',
    watchdog: '',
    guestAgent: true,
    rng: true,
    tablet: true,
    panic: false,
    vsock: false,
    smartCard: false,
    usbRedirections: '0',
    hostDevices: '',
    sharedFolders: '',
    cloudInit: 'none',
    hostName: '',
    user: '',
    passwordHash: '',
    sshKeys: '',
    packages: '',
    runCommands: '',
    address: '',
    gateway: '',
    nameServers: '',
    userData: '',
    networkConfig: '',
    customDevices: '',
    customDomain: '',
  }
}

/** What a system does well with: written into the fields that a person has not filled in. Pure. */
export function fieldsOfSystem(id: string): Pick<VmForm, 'memory' | 'vcpus' | 'diskSizeGiB'> {
  const { recommended } = findOperatingSystem(id)
  return {
    memory: writeMemoryMiB(recommended.memoryMiB),
    vcpus: String(recommended.vcpus),
    diskSizeGiB: String(recommended.diskGiB),
  }
}

/** What a template says of its machines, the same way; its system is named as definitions name it. Pure. */
export function fieldsOfTemplate({
  memoryMiB,
  vcpus,
  operatingSystem,
}: Pick<TemplateHardware, 'memoryMiB' | 'vcpus' | 'operatingSystem'>) {
  return {
    memory: writeMemoryMiB(memoryMiB),
    vcpus: String(vcpus),
    ...(operatingSystem === null
      ? {}
      : { operatingSystem: findOperatingSystem(findNamedOperatingSystem(operatingSystem)?.id).id }),
    diskKind: 'none',
  } as const
}

/** What must not be kept of a form that is closed. */
export const VM_FORM_SECRETS = ['passwordHash', 'userData'] as const satisfies readonly (keyof VmForm)[]

const FIELDS_OF_ERRORS: Readonly<Record<string, keyof VmForm>> = {
  'vm.name-taken': 'name',
  'template.not-found': 'templateId',
  'template.not-whole': 'templateId',
  'template.other-datacenter': 'templateId',
  'vm.mac-taken': 'nicMac',
  'vm.macs-used-up': 'clusterId',
  'vm.disk-twice': 'diskId',
  'vm.has-disks-in-use': 'diskId',
  'vm.not-a-medium': 'mediumId',
  'vm.xml-unreadable': 'customDevices',
  'vm.seed-nowhere': 'diskDomainId',
  'cluster.not-found': 'clusterId',
  'storage.not-found': 'diskDomainId',
  'disk.not-found': 'mediumId',
  'network.not-found': 'nic',
  'network.not-attached': 'nic',
  'network.not-for-vms': 'nic',
  'network.other-datacenter': 'nic',
}

/** Which field a refusal is about; null: none. Pure. */
export function fieldOfError({ code }: Pick<WireError, 'code'>): keyof VmForm | null {
  return FIELDS_OF_ERRORS[code] ?? null
}

/** The command's input of a form that was checked. */
export function inputOf(form: VmForm): VmCreateInput {
  return toCreate(vmFieldsSchema.parse(form)) as VmCreateInput
}
