import { parseMemoryMiB } from './memory-text.ts'
import type { VmForm } from './vm-fields.ts'

/**
 * The input of the command that a form stands for; what was not said is left out. It is as wrong as the form is: the command's own schema
 * says where. Pure.
 */
export function toCreate(form: VmForm): Readonly<Record<string, unknown>> {
  return leaveOut({
    name: form.name,
    clusterId: form.clusterId,
    templateId: form.templateId === 'blank' ? '' : form.templateId,
    thin: form.templateId === 'blank' ? null : form.thin,
    memoryMiB: parseMemoryMiB(form.memory) ?? 0,
    vcpus: Number(form.vcpus),
    title: form.title,
    description: form.description,
    operatingSystem: form.operatingSystem,
    start: form.start,
    maxMemoryMiB: parseMemoryMiB(form.maxMemory),
    maxVcpus: numberOf(form.maxVcpus),
    cpu: cpuOf(form),
    hugepages: form.hugepages,
    ballooning: form.ballooning,
    machineType: form.machineType,
    firmware: form.firmware,
    tpm: form.tpm === '' ? null : form.tpm === 'on',
    clock: form.clock,
    bootMenu: form.bootMenu,
    boot: form.bootOrder === '' ? null : form.bootOrder.split(','),
    disks: disksOf(form),
    nics: nicsOf(form),
    cdrom: form.source === 'medium' ? { diskId: form.mediumId } : null,
    kernel:
      form.source === 'kernel'
        ? leaveOut({ kernelPath: form.kernelPath, initrdPath: form.initrdPath, commandLine: form.commandLine })
        : null,
    cloudInit: cloudInitOf(form),
    consoles: leaveOut({ graphics: form.graphics, serial: form.serialConsole }),
    video: form.video,
    sound: form.sound,
    tablet: form.tablet,
    rng: form.rng,
    watchdog: form.watchdog === '' ? null : { action: form.watchdog },
    panic: form.panic,
    vsock: form.vsock,
    guestAgent: form.guestAgent,
    usbRedirections: Number(form.usbRedirections),
    smartCard: form.smartCard,
    hostDevices: linesOf(form.hostDevices).map(hostDeviceOf),
    sharedFolders: linesOf(form.sharedFolders).map((line) => {
      const [, path = line, tag = ''] = /^(.*\S)\s+(\S+)$/.exec(line) ?? []
      return { path, tag }
    }),
    customXml:
      form.customDevices.trim() === '' && form.customDomain.trim() === ''
        ? null
        : { devices: form.customDevices, domain: form.customDomain },
  })
}

function leaveOut(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '' && value !== null))
}

function numberOf(text: string): number | null {
  return text === '' ? null : Number(text)
}

export function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function cpuOf(form: VmForm) {
  const { sockets, cores, threads } = form
  const topology = { sockets: Number(sockets || 1), cores: Number(cores || 1), threads: Number(threads || 1) }
  return leaveOut({
    mode: form.cpuMode,
    model: form.cpuMode === 'custom' ? form.cpuModel : '',
    topology: sockets === '' && cores === '' && threads === '' ? null : topology,
    // "0: 2-3"
    pinning: linesOf(form.pinning).map((line) => {
      const [vcpu = '', hostCpus = ''] = line.split(':')
      return { vcpu: Number(vcpu), hostCpus: hostCpus.trim() }
    }),
    // "0-3: 2 GiB"
    numa: linesOf(form.numa).map((line) => {
      const [cpus = '', memory = ''] = line.split(':')
      return { cpus: cpus.trim(), memoryMiB: parseMemoryMiB(memory) ?? 0 }
    }),
  })
}

function disksOf(form: VmForm) {
  const first = {
    kind: form.diskKind,
    sizeGiB: form.diskSizeGiB,
    domainId: form.diskDomainId,
    diskId: form.diskId,
    serial: form.diskSerial,
  }
  return [first, ...form.moreDisks.map((disk) => ({ ...disk, serial: '' }))].flatMap(
    (disk): Readonly<Record<string, unknown>>[] => {
      if (disk.kind === 'none') return []
      const use = leaveOut({ bus: form.diskBus, serial: disk.serial, cache: form.diskCache })
      if (disk.kind === 'existing') return [{ diskId: disk.diskId, ...use }]
      const sizeGiB = Number(disk.sizeGiB.replace(',', '.'))
      const made = { storageDomainId: disk.domainId, sizeGiB, format: form.diskFormat }
      return [{ ...made, ...leaveOut({ allocation: form.diskAllocation }), ...use }]
    },
  )
}

function nicsOf(form: VmForm) {
  const first = { nic: form.nic, nicName: form.nicName, macAddress: form.nicMac, linkUp: form.nicLinkUp }
  const more = form.moreNics.map((nic) => ({ ...nic, macAddress: '', linkUp: true }))
  return [first, ...more].flatMap(({ nic, nicName, macAddress, linkUp }): Readonly<Record<string, unknown>>[] => {
    const use = leaveOut({ model: form.nicModel, macAddress, linkUp })
    const [kind, id = ''] = nic.split(':')
    switch (kind) {
      case 'none':
        return []
      case 'network':
        return [{ networkId: id, ...use }]
      case 'profile':
        return [{ vnicProfileId: id, ...use }]
      case 'libvirt':
        return [{ libvirtNetwork: nicName, ...use }]
      case 'bridge':
        return [{ bridge: nicName, ...use }]
      default:
        return [{ user: true, ...use }]
    }
  })
}

/** "0000:01:00.0" (PCI), "046d:c52b" (USB), or the UUID of a mediated device. */
function hostDeviceOf(line: string) {
  const [, vendorId, productId] = /^([0-9a-f]{4}):([0-9a-f]{4})$/.exec(line) ?? []
  if (vendorId !== undefined) return { usb: { vendorId, productId } }
  return line.includes('.') || line.includes(':') ? { pci: line } : { mediatedDevice: line }
}

function cloudInitOf(form: VmForm) {
  if (form.cloudInit === 'none') return null
  const { hostName } = form
  if (form.cloudInit === 'raw') {
    const { userData, networkConfig } = form
    return { userData, ...leaveOut({ networkConfig, hostName }) }
  }
  const isVersion6 = form.gateway.includes(':')
  const network = leaveOut({
    gateway4: isVersion6 ? '' : form.gateway,
    gateway6: isVersion6 ? form.gateway : '',
  })
  const wordsOf = (words: string) => words.split(/[\s,]+/).filter((word) => word !== '')
  return leaveOut({
    hostName,
    user: form.user,
    passwordHash: form.passwordHash,
    sshKeys: linesOf(form.sshKeys),
    packages: wordsOf(form.packages),
    runCommands: linesOf(form.runCommands),
    networks:
      form.address === ''
        ? null
        : [{ addresses: wordsOf(form.address), ...network, nameServers: wordsOf(form.nameServers) }],
  })
}
