import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  buildCase,
  type DefinitionCase,
  GOLDEN_CASES,
  PROPERTY_BASE,
  PROPERTY_CASES,
  propertyContext,
} from '../unit/main/vm/definition/cases.ts'
import { type Daemon, startDaemon } from './daemon.ts'

const run = promisify(execFile)
const SCHEMA = '/usr/share/libvirt/schemas/domain.rng'
/** `VIR_DOMAIN_DEFINE_VALIDATE`. */
const VALIDATE = 1

let daemon: Daemon

beforeAll(async () => {
  daemon = await startDaemon()
})

afterAll(() => daemon.stop())

/** The cases that the installed schema knows the words of, with their definitions. */
async function knownCases(): Promise<readonly (readonly [string, string])[]> {
  const schema = await readFile('/usr/share/libvirt/schemas/domaincommon.rng', 'utf8')
  const isKnown = ({ schemaHas }: DefinitionCase) =>
    schemaHas === undefined || schema.includes(`<value>${schemaHas}</value>`)
  const golden = Object.entries(GOLDEN_CASES).filter(([, each]) => isKnown(each))
  const properties = Object.entries(PROPERTY_CASES).flatMap(([path, each]) => {
    if (!('input' in each) || !isKnown(each)) return []
    return [[path, { input: { ...PROPERTY_BASE.input, ...each.input }, context: propertyContext }] as const]
  })
  return [...golden, ...properties].map(([name, each]) => [name, buildCase(each)])
}

it('every definition that is made is one by libvirt’s own schema', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vd-schema-'))
  try {
    const files = await Promise.all(
      (await knownCases()).map(async ([name, xml]) => {
        const path = join(folder, `${name}.xml`)
        await writeFile(path, xml)
        return path
      }),
    )
    const outcome = await run('xmllint', ['--noout', '--relaxng', SCHEMA, ...files]).then(
      () => '',
      (error: unknown) => (error as { readonly stderr: string }).stderr,
    )
    expect(outcome.split('\n').filter((line) => line !== '' && !line.endsWith(' validates'))).toEqual([])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

it('a host defines what it has the means for, and gives it back as it is', async () => {
  const connection = await daemon.open({ uri: 'qemu:///session' })
  try {
    const { input, context } = GOLDEN_CASES['emulated-bios'] ?? { input: {} }
    const bare = { ...context, disks: [], nics: [], cdromPath: null }
    for (const each of [
      { input, context: { ...context } },
      { input: {}, context: bare },
    ]) {
      const xml = buildCase(each)
      const { dom } = await connection.call('DOMAIN_DEFINE_XML_FLAGS', { xml, flags: VALIDATE })
      const told = await connection.call('DOMAIN_GET_XML_DESC', { dom, flags: 0 })
      expect(told.xml).toContain('urn:virtdeck:domain:1')
      await connection.call('DOMAIN_UNDEFINE_FLAGS', { dom, flags: 0 })
    }
  } finally {
    await connection.close()
  }
})
