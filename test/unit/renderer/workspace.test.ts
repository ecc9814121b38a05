import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { isAbout } from '../../../src/renderer/features/events/is-about.ts'
import { NUMBER_SETTINGS, readNumberSetting } from '../../../src/renderer/features/settings/number-settings.ts'
import { VM_ACTIONS } from '../../../src/renderer/features/vms/actions.tsx'
import { whyInactive } from '../../../src/renderer/features/vms/status.ts'
import { findLines, splitXmlLine } from '../../../src/renderer/features/vms/xml-lines.ts'
import { needsQuestion } from '../../../src/renderer/kinds/run-action.ts'
import { findOwnRefusal } from '../../../src/renderer/kinds/use-actions.tsx'
import {
  closeDialog,
  followAddress,
  formatPlace,
  openDialog,
  type Place,
  parsePlace,
  parsePreferences,
  rememberDialog,
  workspace,
} from '../../../src/renderer/stores/index.ts'
import { type HostId, settingsSchema, type Vm } from '../../../src/shared/domain/index.ts'
import { inventVm } from './invented.ts'

const ID = '6f1b0d54-0a6e-4b7a-9d0a-3a4f6f1b0d54'

describe('the address of a page', () => {
  it.each([
    `#/vm/${ID}/xml`,
    `#/host/${ID}/summary`,
    '#/all/vms',
    '#/all/vms?q=status%3Dup',
    `#/host/${ID}/vms?q=web&sort=-cpu`,
  ])('%s comes back as it was', (hash) => {
    expect(formatPlace(parsePlace(hash))).toBe(hash)
  })

  it('names the filter and the order of its list, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.option(fc.constantFrom('name', 'cpu')),
        fc.boolean(),
        (filter, column, descending) => {
          const place: Place = {
            kind: 'all',
            tab: 'vms',
            ...(filter === '' ? {} : { filter }),
            ...(column === null ? {} : { sort: { column, descending } }),
          }
          expect(parsePlace(formatPlace(place))).toEqual(place)
        },
      ),
    )
  })

  it.each(['vms?', 'vms?%', 'vms?q', 'vms?other=1', 'vms?sort=-', 'vms?q=&sort='])(
    '%j, which somebody typed, asks for nothing',
    (tab) => {
      expect(parsePlace(`#/all/${tab}`)).toEqual({ kind: 'all', tab: 'vms' })
    },
  )

  it.each(['', '#', '#/vm/not-an-id/xml', '#/somewhere', '#/vm'])('%j shows everything', (hash) => {
    expect(parsePlace(hash)).toEqual({ kind: 'all', tab: 'overview' })
  })
})

describe('the address bar', () => {
  it('is followed also where it changed before the page had begun to follow it', () => {
    const page = new EventTarget()
    vi.stubGlobal('window', page)
    vi.stubGlobal('location', { hash: '#/all/vms?q=web' })
    try {
      const stop = followAddress()
      expect(workspace.getState().place).toEqual({ kind: 'all', tab: 'vms', filter: 'web' })
      vi.stubGlobal('location', { hash: `#/vm/${ID}/xml` })
      page.dispatchEvent(new Event('popstate'))
      expect(workspace.getState()).toMatchObject({
        place: { kind: 'vm', id: ID, tab: 'xml' },
        selection: { kind: 'vm', ids: [ID] },
      })
      stop()
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

describe('a dialog that was waited in', () => {
  it('is the same one until it is closed, also when one of its kind is opened again', () => {
    openDialog({ kind: 'add-host' })
    const isOpen = rememberDialog()
    expect(isOpen()).toBe(true)
    closeDialog()
    expect(isOpen()).toBe(false)
    openDialog({ kind: 'add-host' })
    expect(isOpen()).toBe(false)
    closeDialog()
  })
})

describe('preferences', () => {
  it('fall back to the browser’s language and the system’s theme', () => {
    expect(parsePreferences(null, 'ko-KR')).toEqual({
      theme: 'system',
      language: 'ko',
      confirmActions: true,
    })
    expect(parsePreferences('{"theme":"neon","language":"tlh","confirmActions":"no"}', 'en-GB')).toEqual({
      theme: 'system',
      language: 'en',
      confirmActions: true,
    })
  })

  it('survive whatever stands in the storage', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (stored) => {
        expect(['system', 'light', 'dark']).toContain(parsePreferences(stored, 'en').theme)
      }),
    )
  })
})

describe('why a VM has neither load nor console', () => {
  it('is not that it does not run, when nobody knows', () => {
    expect(whyInactive('unknown')).toBe('vms:inactive.unknown')
    expect(whyInactive('down')).toBe('vms:inactive.notRunning')
    expect(whyInactive('paused')).toBeNull()
  })
})

describe('actions on VMs', () => {
  const byId = (id: string) => VM_ACTIONS.find((action) => action.id === id) ?? expect.fail(id)
  const asks = (id: string, count: number, confirmForcedActions: boolean, confirmActions: boolean) =>
    needsQuestion(byId(id), count, { confirmForcedActions }, { confirmActions })

  it.each([
    ['vm.shutdown', true, true, true],
    ['vm.reboot', false, true, true],
    ['vm.pause', true, false, false],
    ['vm.poweroff', true, false, true],
    ['vm.reset', false, true, false],
    ['vm.start:fresh', false, false, true],
    ['vm.start', true, true, false],
    ['vm.autostart:on', true, true, false],
  ])('%s on one, with the inventory’s wish %s and a person’s %s: asked %s', (id, forced, courtesy, asked) => {
    expect(asks(id, 1, forced, courtesy)).toBe(asked)
  })

  it('are asked about before they run on several, whatever the settings say', () => {
    for (const { id, open } of VM_ACTIONS) if (open === undefined) expect(asks(id, 2, false, false), id).toBe(true)
  })

  it('offer to throw a saved state away only where there is one', () => {
    const vm = inventVm(1, ID as HostId, { autostart: false })
    const isOffered = (id: string, ...vms: readonly Vm[]) => byId(id).isOffered?.(vms) ?? true
    expect(isOffered('vm.start:fresh', vm)).toBe(false)
    expect(isOffered('vm.start:fresh', vm, { ...vm, hasManagedSave: true })).toBe(true)
    expect(isOffered('vm.autostart:off', vm)).toBe(false)
  })

  it('can run on several as long as one of them can, whichever comes first', () => {
    const up = inventVm(1, ID as HostId, { status: 'up' })
    const saved = inventVm(2, ID as HostId, { status: 'suspended' })
    const refusalFor = (...vms: readonly Vm[]) =>
      findOwnRefusal<'vm'>(byId('vm.migrate'), vms, ((key: string) => key) as never)
    expect(refusalFor(saved, up)).toBeNull()
    expect(refusalFor(up, saved)).toBeNull()
    expect(refusalFor(saved, saved)).toBe('vms:migrate.unmovable')
    expect(refusalFor()).toBeNull()
  })
})

describe('what the dock shows of what is selected', () => {
  it.each([
    [[], 'vm-1', ['host-1'], true],
    [['vm-1', 'vm-2'], 'vm-2', [], true],
    [['vm-1', 'vm-2'], 'vm-3', ['host-1'], false],
    [['host-1', 'host-2'], 'vm-3', [null, 'host-2'], true],
    [['host-1'], 'vm-3', [null, undefined], false],
  ])('of %j, what is about %s on %j: %s', (ids, subject, hosts, expected) => {
    expect(isAbout(ids, subject, hosts)).toBe(expected)
  })
})

describe('numbers in the settings', () => {
  it.each(NUMBER_SETTINGS)('$id has the bounds of the schema', (spec) => {
    const fits = (value: number) => settingsSchema.safeParse({ [spec.id]: value }).success
    expect(readNumberSetting(spec, String(spec.min))).toBe(spec.min * spec.scale)
    expect(readNumberSetting(spec, String(spec.max + 1))).toBeNull()
    expect([fits(spec.min * spec.scale), fits(spec.max * spec.scale)]).toEqual([true, true])
    expect([fits(spec.min * spec.scale - 1), fits(spec.max * spec.scale + 1)]).toEqual([false, false])
  })

  it.each(['', '1.5', '-1', 'x'])('%j is none', (text) => {
    const [spec] = NUMBER_SETTINGS
    expect(spec === undefined ? 'no setting' : readNumberSetting(spec, text)).toBeNull()
  })
})

describe('lines of XML', () => {
  it('are the same text after colouring', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        expect(
          splitXmlLine(line)
            .map(({ text }) => text)
            .join(''),
        ).toBe(line)
      }),
    )
  })

  it('know tags, attributes and values', () => {
    expect(splitXmlLine("  <disk type='file'/>").map(({ kind, text }) => [kind, text])).toEqual([
      ['text', '  '],
      ['tag', '<disk'],
      ['text', ' '],
      ['name', 'type='],
      ['value', "'file'"],
      ['tag', '/>'],
    ])
  })

  it('are found whatever their case, and not for an empty search', () => {
    expect(findLines(['<Disk>', '<nic>', '</disk>'], 'disk')).toEqual([0, 2])
    expect(findLines(['a'], ' ')).toEqual([])
  })
})
