import { describe, expect, it } from 'vitest'
import { forgetDraft, keepDraft, readDraft } from '../../../src/renderer/components/wizard/drafts.ts'
import { groupSteps } from '../../../src/renderer/components/wizard/group-steps.ts'
import { mayJump, stepBeside, stepOfField } from '../../../src/renderer/components/wizard/wizard-steps.ts'
import { closeDialog, openDialog, rememberDialog, workspace } from '../../../src/renderer/stores/index.ts'

const steps = [
  { id: 'reach', fields: ['address', 'password'] },
  { id: 'key', fields: [], isSkipped: true },
  { id: 'review', fields: ['comment'] },
] as const

describe('the way through a wizard', () => {
  it('passes over what has nothing to ask, and ends at its ends', () => {
    expect(stepBeside(steps, 'reach', 1)).toBe('review')
    expect(stepBeside(steps, 'review', -1)).toBe('reach')
    expect([stepBeside(steps, 'reach', -1), stepBeside(steps, 'review', 1)]).toEqual(['reach', 'review'])
  })

  it('leads to the step that a field stands on', () => {
    expect(['password', 'comment', 'nothing'].map((field) => stepOfField(steps as never, field as never))).toEqual([
      'reach',
      'review',
      null,
    ])
  })

  it('lets a person jump back, not ahead, and not to what is passed over', () => {
    const ways = [
      ['review', 'reach'],
      ['reach', 'review'],
      ['review', 'key'],
      ['reach', 'reach'],
    ] as const
    expect(ways.map(([from, to]) => mayJump(steps, from, to))).toEqual([true, false, false, false])
  })
})

describe('a draft', () => {
  const defaults = { address: '', password: '' }
  const options = { defaults, secrets: ['password'] as const }

  it('holds what was typed, but no secret', () => {
    keepDraft('d', { address: 'node1', password: 'geheim' }, options)
    expect(readDraft('d')).toEqual({ address: 'node1', password: '' })
    forgetDraft('d')
    expect(readDraft('d')).toBeNull()
  })

  it('is none when nothing was typed, or a secret only', () => {
    keepDraft('d', { address: '', password: 'geheim' }, options)
    expect(readDraft('d')).toBeNull()
  })

  it('is gone once everything was taken back', () => {
    keepDraft('d', { address: 'node1', password: '' }, options)
    keepDraft('d', defaults, options)
    expect(readDraft('d')).toBeNull()
  })
})

it('a plan is shown host by host in its own order', () => {
  const plan = [null, 'a', 'a', null, 'a'].map((hostId, index) => ({ id: String(index), hostId }))
  const groups = groupSteps(plan as never)
  expect(groups.map((group) => [group.hostId, group.steps.map(({ id }) => id).join('')])).toEqual([
    [null, '0'],
    ['a', '12'],
    [null, '3'],
    ['a', '4'],
  ])
})

describe('dialogs', () => {
  it('stack: what is below stays, and is topmost again when the one above closes', () => {
    openDialog({ kind: 'add-host' })
    const isWizardOpen = rememberDialog()
    openDialog({ kind: 'settings' })
    const areSettingsOpen = rememberDialog()
    closeDialog()
    expect([isWizardOpen(), areSettingsOpen()]).toEqual([true, false])
    expect(workspace.getState().dialogs.map(({ kind }) => kind)).toEqual(['add-host'])
    closeDialog()
    expect(isWizardOpen()).toBe(false)
  })
})
