import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  parseCapabilities,
  parseDomainCapabilities,
  parseProcessorName,
  XmlError,
} from '../../../../src/main/xml/index.ts'

const data = (name: string) => readFileSync(new URL(`./data/${name}`, import.meta.url), 'utf8')

test('capabilities tell what a host is and which guests it runs', () => {
  const capabilities = parseCapabilities(data('capabilities.xml'))
  expect(capabilities).toMatchObject({
    uuid: '00000099-0000-4000-8000-0000c0ffee99',
    architecture: 'x86_64',
    cpuModel: 'kvm64',
    cpuVendor: 'AMD',
    numaNodes: 1,
  })
  const guest = capabilities.guests.find((candidate) => candidate.architecture === 'x86_64')
  expect(guest?.domainTypes).toEqual(['qemu'])
  expect(guest?.machineTypes.slice(0, 2)).toEqual(['pc-q35-7.2', 'pc-i440fx-7.2'])
})

test('hardware virtualization comes before emulation, whatever the order in the document', () => {
  const xml =
    "<capabilities><guest><os_type>hvm</os_type><arch name='x86_64'><domain type='qemu'/><domain type='kvm'/></arch></guest></capabilities>"
  expect(parseCapabilities(xml).guests[0]?.domainTypes).toEqual(['kvm', 'qemu'])
})

test('domain capabilities name the CPU modes and the model nearest to the host', () => {
  expect(parseDomainCapabilities(data('domain-capabilities.xml'))).toMatchObject({
    emulator: '/usr/bin/qemu-system-x86_64',
    domainType: 'qemu',
    architecture: 'x86_64',
    machineType: 'pc-i440fx-7.2',
    maxVcpus: 255,
    cpuModes: ['maximum', 'host-model', 'custom'],
    hostCpuModel: 'EPYC',
    hostCpuVendor: 'AMD',
    graphicsTypes: expect.arrayContaining(['vnc']),
  })
})

test('the processor is named as the firmware names it', () => {
  const xml =
    "<sysinfo type='smbios'><processor><entry name='manufacturer'>Intel</entry><entry name='version'>Xeon 4410Y </entry></processor></sysinfo>"
  expect(parseProcessorName(xml)).toBe('Xeon 4410Y')
  expect(parseProcessorName("<sysinfo type='smbios'/>")).toBeNull()
})

test.each([parseCapabilities, parseDomainCapabilities])('a document of another kind is refused', (parse) => {
  expect(() => parse('<domain/>')).toThrow(XmlError)
})
