import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseDomain } from '../../../../../src/main/xml/index.ts'
import { vmCreateSpecSchema } from '../../../../../src/shared/domain/index.ts'
import { buildCase, GOLDEN_CASES, PROPERTY_BASE, PROPERTY_CASES, propertyContext } from './cases.ts'

describe('definitions of new machines', () => {
  it.each(Object.entries(GOLDEN_CASES))('are as they were looked at: %s', async (name, each) => {
    await expect(buildCase(each)).toMatchFileSnapshot(`golden/${name}.xml`)
  })

  it('are read as what was asked for', () => {
    const machine = parseDomain(buildCase(GOLDEN_CASES['all-of-a-server'] ?? { input: {} }))
    expect(machine).toMatchObject({
      name: 'Büro & <web> "1"',
      title: "The shop's",
      description: 'First line\nsecond <line>',
      firmware: 'uefi',
      vcpus: 2,
      maxVcpus: 8,
      memoryKiB: 4_096 * 1_024,
    })
    expect(machine.disks.map(({ target, source }) => [target, source])).toEqual([
      ['vda', '/rhev/a&b/web.qcow2'],
      ['sda', '/dev/mapper/web'],
      ['sdb', '/rhev/three.qcow2'],
      ['sdc', '/rhev/four.qcow2'],
      ['sdd', '/rhev/five.qcow2'],
      ['sde', null],
    ])
  })

  it('take elements of a person’s own in place of theirs, but not what says which machine it is', () => {
    const xml = buildCase(GOLDEN_CASES['all-of-a-server'] ?? { input: {} })
    expect(xml.match(/<on_crash>.*/g)).toEqual(['<on_crash>preserve</on_crash>'])
    for (const domain of ['<uuid>x</uuid>', '<devices/>', 'text', '<open>', '</fragment><fragment>']) {
      expect(() => buildCase({ input: { customXml: { domain } } }), domain).toThrow(/./)
    }
  })
})

describe('each property of what a person may say', () => {
  const leaves = leafPaths(vmCreateSpecSchema)

  it('is named in the table, and nothing else is', () => {
    expect(leaves.filter((path) => caseOf(path) === undefined)).toEqual([])
    expect(Object.keys(PROPERTY_CASES).filter((path) => !leaves.some((leaf) => isWithin(leaf, path)))).toEqual([])
  })

  const changes = Object.entries(PROPERTY_CASES).flatMap(([path, each]) =>
    'input' in each ? [[path, each] as const] : [],
  )
  it.each(changes)('changes the definition: %s', (_path, each) => {
    const base = buildCase({ input: { ...PROPERTY_BASE.input, ...each.beside }, context: propertyContext })
    const xml = buildCase({ input: { ...PROPERTY_BASE.input, ...each.input }, context: propertyContext })
    expect(xml).not.toBe(base)
  })
})

function caseOf(path: string): unknown {
  return Object.entries(PROPERTY_CASES).find(([named]) => isWithin(path, named))
}

function isWithin(path: string, named: string): boolean {
  return path === named || path.startsWith(`${named}.`)
}

/** "cpu.topology.sockets" of all objects in a schema, whatever they are wrapped in. */
function leafPaths(schema: z.ZodType, path = ''): string[] {
  const { def } = schema as unknown as {
    def: { type: string; innerType?: z.ZodType; options?: z.ZodType[]; element?: z.ZodType; in?: z.ZodType }
  }
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([key, child]) =>
      leafPaths(child, path === '' ? key : `${path}.${key}`),
    )
  }
  const inner = [def.innerType, def.in, def.element, ...(def.options ?? [])].filter((each) => each !== undefined)
  return inner.length === 0 ? [path] : [...new Set(inner.flatMap((each) => leafPaths(each, path)))]
}
