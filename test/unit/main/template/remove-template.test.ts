import { describe, expect, test } from 'vitest'
import type { StepContext } from '../../../../src/main/engine/index.ts'
import { createTemplateRemove } from '../../../../src/main/template/commands/remove-template.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { guid } from '../../renderer/invented.ts'
import { noMachineDisks } from '../vm/no-disks.ts'

const file = { id: guid(7, 1), storageDomainId: guid(6, 1), fileName: 'base.qcow2' }
const context = { step: { data: file }, model: () => undefined } as unknown as StepContext<'template.remove'>

/** What an engine that takes up a removal is told of the step that was at work. */
function inspect(look: () => Promise<'done' | 'absent'>) {
  const machineDisks = { ...noMachineDisks, inspect: look }
  return createTemplateRemove({ machineDisks, store: {} as never }).steps['remove-disk']?.inspect(context)
}

describe('a removal that was cut off', () => {
  test('waits for its domain: run while that cannot be reached, it would fail half done', async () => {
    const away = new AppError('storage.unreachable', { name: 'data' }, { retry: 'safe' })
    await expect(inspect(() => Promise.reject(away))).rejects.toBe(away)
  })

  test.each(['done', 'absent'] as const)('is done once more, whether the file is there or not (%s)', async (found) => {
    expect(await inspect(async () => found)).toBe('absent')
  })
})
