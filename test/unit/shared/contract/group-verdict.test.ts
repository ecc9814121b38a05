import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRefusedGroups, mergeGroupVerdicts, refusalKey } from '../../../../src/shared/contract/group-verdict.ts'
import type { WireError } from '../../../../src/shared/errors/index.ts'

function refusal(name: string, status: string): WireError {
  return { code: 'vm.wrong-status', params: { name, status, action: 'start' }, retry: 'never', technical: [] }
}

function grouped(refusals: readonly { readonly id: string; readonly status: string }[]) {
  const groups = createRefusedGroups((error: WireError) => error)
  for (const { id, status } of refusals) groups.add(refusal(id, status), [id])
  return groups.list()
}

it('refusals that differ only in what they are about are of one kind', () => {
  expect(refusalKey(refusal('web', 'up'))).toBe(refusalKey(refusal('mail', 'up')))
  expect(refusalKey(refusal('web', 'up'))).not.toBe(refusalKey(refusal('web', 'paused')))
})

it('asked in parts, the answer is the same as asked at once', () => {
  const item = fc.record({ id: fc.uuid(), status: fc.constantFrom(null, 'up', 'paused', 'unknown') })
  const judge = (items: readonly { id: string; status: string | null }[]) => {
    const allowedIds = items.filter(({ status }) => status === null).map(({ id }) => id)
    const refused = grouped(items.flatMap(({ id, status }) => (status === null ? [] : [{ id, status }])))
    return { allowed: allowedIds.length, allowedIds, refused }
  }
  fc.assert(
    fc.property(fc.array(item), fc.integer({ min: 1, max: 7 }), (items, size) => {
      const parts = Array.from({ length: Math.ceil(items.length / size) }, (_unused, part) =>
        judge(items.slice(part * size, (part + 1) * size)),
      )
      expect(mergeGroupVerdicts(parts)).toEqual(judge(items))
    }),
  )
})

it('a reason for each of many things makes no list as long as they are many', () => {
  const groups = grouped(Array.from({ length: 400 }, (_unused, number) => ({ id: `${number}`, status: `${number}` })))
  expect(groups).toHaveLength(16)
})
