import { expect, test } from 'vitest'
import { askDestination } from '../../../../src/main/migration/ask-destination.ts'

/** A host that has nothing of what it is asked for. */
function makeEmptyHost() {
  const asked: string[] = []
  const link = {
    definition: { name: 'b', transport: 'ssh' },
    runScript: async (script: string) => {
      asked.push(script)
      return { stdout: [...script.matchAll(/echo (\w+)/g)].map(([, mark]) => mark).join('\n') }
    },
  }
  return { asked, link }
}

test('the other host is asked for files and bridges, and not for volumes on LUNs, which are activated later', async () => {
  const { asked, link } = makeEmptyHost()
  const disk = (path: string) => ({ path, target: 'vda', cache: 'none', shareable: false, isFile: false })
  const needs = { files: ['/iso/a.iso'], bridges: ['br0'], disks: [disk('/dev/sdb'), disk('/dev/virtdeck-1/a.qcow2')] }
  const found = await askDestination(link as never, { ...needs, cpuXml: null } as never, new AbortController().signal)
  expect(found.map(({ code, params }) => [code, 'path' in params ? params.path : ''])).toEqual([
    ['migration.file-missing', '/iso/a.iso'],
    ['migration.file-missing', '/dev/sdb'],
    ['migration.bridge-missing', ''],
  ])
  expect(asked.join()).not.toContain('virtdeck-1')
})
