import { describe, expect, test } from 'vitest'
import type { HostLink } from '../../../../src/main/hosts/index.ts'
import { decideSealTool, sealDisks } from '../../../../src/main/template/seal-disks.ts'
import { isAppError } from '../../../../src/shared/errors/index.ts'

/** A stand-in for a host: what its shell is told to run, and what that prints. */
function hostThatSays(stdout: string) {
  const scripts: string[] = []
  const link = {
    id: 'host',
    definition: { name: 'node1', transport: 'ssh' },
    runScript: async (script: string) => {
      scripts.push(script)
      return { exitCode: 0, stdout, stderr: '' }
    },
  }
  return { scripts, link: link as unknown as HostLink }
}
const disks = [{ path: "/data/it's.qcow2", format: 'qcow2' }]
const { signal } = new AbortController()

describe('sealing', () => {
  test.each([
    ['/usr/bin/virt-sysprep', null],
    ['no-tool\n', 'template.seal-tool-missing'],
  ])('is offered where the host has the tool (%j)', async (said, code) => {
    expect((await decideSealTool(hostThatSays(said).link))?.code ?? null).toBe(code)
  })

  test('is done when the tool says so', async () => {
    const { link, scripts } = hostThatSays('@sealed\n')
    await sealDisks(link, 'base', disks, signal)
    expect(scripts[0]).toContain('virt-sysprep -q --format')
  })

  test.each(['virt-sysprep: error: no operating systems were found\u001b[0m', ''])(
    'tells in the tool’s own words why not (%j)',
    async (said) => {
      const refused = sealDisks(hostThatSays(said).link, 'base', disks, signal)
      await expect(refused).rejects.toSatisfy(
        (error) => isAppError(error, 'template.seal-failed') && !String(error.params.detail).includes('\u001b'),
      )
    },
  )
})
