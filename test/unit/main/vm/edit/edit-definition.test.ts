import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editDefinition } from '../../../../../src/main/vm/edit/edit-definition.ts'
import { decideAmount } from '../../../../../src/main/vm/edit/edit-sizes.ts'
import { putBack } from '../../../../../src/main/vm/edit/put-back.ts'
import { type DefinitionSettings, readSettings } from '../../../../../src/main/vm/edit/read-settings.ts'
import {
  compareDefinitions,
  type EditableElement,
  parseDomain,
  parseEditable,
} from '../../../../../src/main/xml/index.ts'
import { type VmDefinitionEdit, vmDefinitionEditSchema } from '../../../../../src/shared/domain/index.ts'

const GOLDEN = new URL('../definition/golden/', import.meta.url)
const DATA = new URL('../../xml/data/', import.meta.url)
const texts = [
  ...readdirSync(GOLDEN).map((name) => readFileSync(new URL(name, GOLDEN), 'utf8')),
  readFileSync(new URL('defined-domain.xml', DATA), 'utf8'),
]

/** What nobody would write, and libvirt or a person's editor may have: each leaves what the definition says as it is. */
const ODDITIES: Readonly<Record<string, (xml: string) => string>> = {
  'double quotes': (xml) => xml.replaceAll(/='([^'"]*)'/g, '="$1"'),
  'spaces around equals signs': (xml) => xml.replaceAll(/ (type|model)='/g, "  $1 = '"),
  'lines of Windows': (xml) => xml.replaceAll('\n', '\r\n'),
  tabs: (xml) => xml.replaceAll(/^ +/gm, (spaces) => '\t'.repeat(spaces.length / 2)),
  'one line': (xml) => xml.replaceAll(/>\s+</g, '><'),
  'a heading': (xml) => `<?xml version='1.0'?>\n<!-- made by <hand> -->\n${xml}`,
  comments: (xml) => xml.replaceAll(/<(memory|vcpu|os|devices|video|graphics)\b/g, '<!-- <memory>1</memory> & --><$1'),
  'an unknown element': (xml) =>
    xml.replace('<devices>', '<devices>\n    <teapot  b="2" a=\'1\'><!-- --><lid/></teapot>'),
  'a namespace': (xml) =>
    xml.replace(
      '</domain>',
      "<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:arg value='-odd'/></qemu:commandline>\n</domain>",
    ),
  'no title': (xml) => xml.replace(/ *<title>[^<]*<\/title>\n/, ''),
  'no current memory': (xml) => xml.replace(/ *<currentMemory[^<]*<\/currentMemory>\r?\n/, ''),
  'other units': (xml) =>
    xml.replace(/<memory unit='KiB'>(\d+)<\/memory>/, (_all, kib) => `<memory unit='b'>${Number(kib) * 1024}</memory>`),
  'a data section': (xml) => xml.replace('<devices>', '<odd><![CDATA[<devices><disk/>]]></odd><devices>'),
}

const definition = fc
  .tuple(fc.constantFrom(...texts), fc.subarray(Object.keys(ODDITIES)))
  .map(([xml, names]) => names.reduce((odd, name) => ODDITIES[name]?.(odd) ?? odd, xml))

interface PropertyCase<Value> {
  readonly values: fc.Arbitrary<Value>
  /** Elements that it may touch, as paths from the root. */
  readonly touches: readonly string[]
  /** What is read afterwards. */
  readonly after: (before: DefinitionSettings, value: Value) => Partial<DefinitionSettings>
}

/** Each property that can be edited by itself: the compiler and a test see that none is missing. */
const CASES: {
  readonly [Field in keyof Required<VmDefinitionEdit>]: PropertyCase<NonNullable<VmDefinitionEdit[Field]>>
} = {
  title: {
    values: fc.constantFrom('', 'Web', `<&"'> 한글`),
    touches: ['title'],
    after: (_before, title) => ({ title }),
  },
  description: {
    values: fc.constantFrom('', 'one\ntwo', ']]> &amp; <b>'),
    touches: ['description'],
    after: (_before, description) => ({ description }),
  },
  memoryMiB: {
    values: fc.integer({ min: 1, max: 1_000_000 }),
    touches: ['memory', 'currentMemory'],
    after: ({ memoryKiB, maxMemoryKiB }, mib) => ({
      memoryKiB: mib * 1024,
      maxMemoryKiB: memoryKiB === maxMemoryKiB ? mib * 1024 : Math.max(maxMemoryKiB, mib * 1024),
    }),
  },
  maxMemoryMiB: {
    values: fc.integer({ min: 200_000, max: 1_000_000 }),
    touches: ['memory', 'currentMemory'],
    after: (_before, mib) => ({ maxMemoryKiB: mib * 1024 }),
  },
  vcpus: {
    values: fc.integer({ min: 1, max: 64 }),
    touches: ['vcpu', 'vcpus', 'cpu/topology'],
    after: ({ vcpus, maxVcpus, topology }, value) => {
      const most = vcpus === maxVcpus ? value : Math.max(maxVcpus, value)
      return {
        vcpus: value,
        maxVcpus: most,
        topology: topology && { ...topology, sockets: (topology.sockets * most) / maxVcpus },
      }
    },
  },
  maxVcpus: {
    values: fc.integer({ min: 64, max: 128 }),
    touches: ['vcpu', 'vcpus', 'cpu/topology'],
    after: ({ topology, maxVcpus }, value) => ({
      maxVcpus: value,
      topology: topology && { ...topology, sockets: (topology.sockets * value) / maxVcpus },
    }),
  },
  topology: {
    values: fc.record({
      sockets: fc.constantFrom(1, 2),
      cores: fc.constantFrom(1, 2, 4),
      threads: fc.constantFrom(1, 2),
    }),
    touches: ['cpu'],
    after: (_before, topology) => ({ topology }),
  },
  boot: {
    values: fc.shuffledSubarray(['disk', 'cdrom', 'network'] as const, { minLength: 1 }),
    touches: [
      'os/boot',
      'devices/disk/boot',
      'devices/interface/boot',
      'devices/hostdev/boot',
      'devices/redirdev/boot',
    ],
    after: (_before, boot) => ({ boot: [...boot] }),
  },
  bootMenu: { values: fc.boolean(), touches: ['os/bootmenu'], after: (_before, bootMenu) => ({ bootMenu }) },
  firmware: {
    values: fc.constantFrom('bios', 'uefi', 'uefi-secure'),
    touches: ['os', 'features'],
    after: (_before, firmware) => ({ firmware }),
  },
  graphics: {
    values: fc.constantFrom('vnc', 'spice', 'none'),
    touches: ['devices/graphics', 'devices/channel', 'devices/redirdev', 'devices/smartcard', 'devices/audio'],
    after: (_before, graphics) => ({ graphics }),
  },
  video: {
    values: fc.constantFrom('virtio', 'vga', 'bochs', 'qxl', 'cirrus', 'none'),
    touches: ['devices/video'],
    after: (_before, video) => ({ video }),
  },
}

const ALL = Object.entries(CASES) as unknown as readonly [keyof VmDefinitionEdit, PropertyCase<never>][]

describe('each property that can be edited by itself', () => {
  it('is in the table', () => {
    expect(Object.keys(CASES).sort()).toEqual(Object.keys(vmDefinitionEditSchema.shape).sort())
  })

  it.each(ALL)('is another one afterwards, and nothing else is: %s', (field, { values, touches, after }) => {
    let edited = 0
    fc.assert(
      fc.property(definition, values, (xml, value) => {
        const before = readSettings(xml)
        const changed = editDefinition(xml, { [field]: value })
        if ('refused' in changed) return
        edited += 1
        expect(readSettings(changed.xml)).toEqual({ ...before, ...after(before, value) })
        expect(skeleton(changed.xml, touches)).toBe(skeleton(xml, touches))
        // What is so already is not written anew.
        expect(editDefinition(changed.xml, { [field]: value })).toEqual({ xml: changed.xml })
      }),
      { numRuns: 200 },
    )
    expect(edited).toBeGreaterThan(30)
  })

  it('is left alone where it is not named, down to the last byte', () => {
    fc.assert(
      fc.property(definition, (xml) => {
        expect(editDefinition(xml, {})).toEqual({ xml })
        const { title, description, bootMenu, vcpus, maxVcpus } = readSettings(xml)
        expect(editDefinition(xml, { title, description, bootMenu, vcpus, maxVcpus })).toEqual({ xml })
      }),
    )
  })
})

/** The document without some elements, and without what is only white space between tags. */
function skeleton(xml: string, touches: readonly string[]): string {
  const cut: { start: number; end: number }[] = []
  const visit = (element: EditableElement, path: string) => {
    const isTouched = touches.includes(path)
    if (isTouched) cut.push(element.span)
    else for (const child of element.children) visit(child, path === '' ? child.name : `${path}/${child.name}`)
  }
  visit(parseEditable(xml).root, '')
  const rest = cut.toReversed().reduce((text, { start, end }) => text.slice(0, start) + text.slice(end), xml)
  // An element that only held what was taken out may be empty, or gone.
  return rest.replaceAll(/>\s+</g, '><').replaceAll(/<(\w+)([^<>]*[^<>/])?><\/\1>/g, '<$1$2/>')
}

describe('a property that does not fit', () => {
  const xml = readFileSync(new URL('debian-kvm.xml', GOLDEN), 'utf8')
  const numa = xml.replace('</cpu>', "<numa><cell id='0' cpus='0' memory='1' unit='KiB'/></numa></cpu>")
  const topology = (text: string) => text.replace('</cpu>', "<topology sockets='1' cores='2' threads='1'/></cpu>")
  const aarch64 = readFileSync(new URL('aarch64.xml', GOLDEN), 'utf8')

  it.each<[string, string, VmDefinitionEdit, object]>([
    ['less than it has', xml, { maxMemoryMiB: 1 }, { refused: 'maximum', field: 'maxMemoryMiB' }],
    ['fewer than it has', xml, { vcpus: 4, maxVcpus: 3 }, { refused: 'maximum', field: 'maxVcpus' }],
    ['cells', numa, { memoryMiB: 7 }, { refused: 'numa', field: 'memoryMiB' }],
    ['cells', numa, { vcpus: 7 }, { refused: 'numa', field: 'vcpus' }],
    ['a product', xml, { topology: { sockets: 3, cores: 3, threads: 1 } }, { refused: 'topology' }],
    ['no whole sockets', topology(xml), { vcpus: 3, maxVcpus: 3 }, { refused: 'topology', vcpus: 3 }],
    ['another architecture', aarch64, { firmware: 'bios' }, { refused: 'firmware' }],
    [
      'no such device',
      xml.replaceAll(/<interface[\s\S]*?<\/interface>/g, ''),
      { boot: ['network'] },
      { lacks: 'network' },
    ],
  ])('is refused: %s', (_why, text, edit, refusal) => {
    expect(editDefinition(text, edit)).toMatchObject(refusal)
  })

  it.each([
    [
      { now: 2, most: 2 },
      { now: 1, most: undefined },
      { now: 1, most: 1 },
    ],
    [
      { now: 2, most: 2 },
      { now: 3, most: undefined },
      { now: 3, most: 3 },
    ],
    [
      { now: 2, most: 4 },
      { now: 1, most: undefined },
      { now: 1, most: 4 },
    ],
    [
      { now: 2, most: 4 },
      { now: 5, most: undefined },
      { now: 5, most: 5 },
    ],
    [
      { now: 2, most: 2 },
      { now: undefined, most: 4 },
      { now: 2, most: 4 },
    ],
    [{ now: 2, most: 4 }, { now: undefined, most: 1 }, null],
  ])('has its most go along where it was full: %j and %j', (before, wanted, then) => {
    expect(decideAmount(before, wanted)).toEqual(then)
  })
})

describe('what waits for the next start', () => {
  const running = readFileSync(new URL('running-domain.xml', DATA), 'utf8')

  it.each(ALL)('is put back as it runs: %s', (field, { values }) => {
    fc.assert(
      fc.property(values, (value) => {
        const changed = editDefinition(running, { [field]: value })
        if ('refused' in changed) return
        const { xml, stays } = putBack(changed.xml, running)
        const left = compareDefinitions(parseDomain(running), parseDomain(xml)).map(({ what }) => what)
        expect(left).toEqual(stays)
        if (field !== 'firmware') expect(stays).toEqual([])
      }),
      { numRuns: 20 },
    )
  })

  it('leaves what does not wait as it is, byte for byte', () => {
    const odd = running.replace('<devices>', '<odd a = "1"/><devices>')
    const [stored] = [editDefinition(odd, { memoryMiB: 7 })]
    if ('refused' in stored) throw new Error(stored.refused)
    expect(putBack(odd, running)).toEqual({ xml: odd, stays: [] })
    expect(skeleton(putBack(stored.xml, running).xml, ['memory', 'currentMemory'])).toBe(
      skeleton(odd, ['memory', 'currentMemory']),
    )
  })

  it('puts disks and network cards back that were taken away, or are other ones', () => {
    const { disks, nics } = parseDomain(running)
    const without = running.replace(/<disk [\s\S]*?<\/disk>/, '').replace(/<interface [\s\S]*?<\/interface>/, '')
    const { xml } = putBack(without, running)
    expect(
      parseDomain(xml)
        .disks.map(({ target }) => target)
        .sort(),
    ).toEqual(disks.map(({ target }) => target).sort())
    expect(
      parseDomain(xml)
        .nics.map(({ macAddress }) => macAddress)
        .sort(),
    ).toEqual(nics.map(({ macAddress }) => macAddress).sort())
  })
})
