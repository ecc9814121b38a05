import { expect, test } from 'vitest'
import type { HostLink } from '../../../../../src/main/hosts/index.ts'
import { StoredDefinitions } from '../../../../../src/main/vm/edit/stored-definitions.ts'
import { HOST_A, VM_ID } from '../make-model.ts'

const vm = { id: VM_ID, name: 'web', hostId: HOST_A }
const xmlWith = (title: string, password = 'one') =>
  `<domain type='kvm'><name>web</name><uuid>${VM_ID}</uuid><title>${title}</title><memory>1</memory><devices><graphics type='vnc' passwd='${password}'/></devices></domain>`

/** Definitions of a host whose one machine's text is in the test's hands. */
function startDefinitions() {
  const definitions = new StoredDefinitions()
  const read = (xml: string, user: string | null = null) => {
    const link = { control: () => ({ call: async () => ({ xml }) }) } as unknown as HostLink
    return definitions.read(link, vm, user)
  }
  return { definitions, read }
}

test('a password that changed is in the text that goes back, though the revision is the same', async () => {
  const { definitions, read } = startDefinitions()
  const { revision } = await read(xmlWith('a'))
  expect(await read(xmlWith('a', 'two'))).toMatchObject({ revision, xml: xmlWith('a', 'two') })
  expect(definitions.of(VM_ID)?.xml).toBe(xmlWith('a', 'two'))
  expect(definitions.conflictOf(vm, revision, 'node1')).toBeNull()
})

test('a change is told with its fields, and by whom, or where it was made', async () => {
  const { definitions, read } = startDefinitions()
  const { revision } = await read(xmlWith('a'))
  expect(definitions.conflictOf(vm, undefined, 'node1')).toBeNull()
  await read(xmlWith('b'))
  const told = (base: string) => definitions.conflictOf(vm, base, 'node1')?.params
  expect(told(revision)).toEqual({ name: 'web', fields: 'title', users: 'node1' })
  // Somebody else had read it before who made it so told it.
  await read(xmlWith('b'), 'kim')
  expect(told(revision)).toEqual({ name: 'web', fields: 'title', users: 'kim' })
  await read(xmlWith('c'), 'lee')
  expect(told(revision)).toEqual({ name: 'web', fields: 'title', users: 'kim, lee' })
  expect(told('older')).toEqual({ name: 'web', fields: 'XML', users: 'lee' })
})
