import { describe, expect, it } from 'vitest'
import {
  chapPasswordOf,
  emptyStorageForm,
  fieldOfError,
  formOfStorage,
  newStorageFormSchema,
  type StorageForm,
  splitNfsPlace,
  storageOf,
} from '../../../src/renderer/features/storage/storage-form.ts'
import type { DomainStorageInput } from '../../../src/shared/domain/index.ts'
import type { ErrorCode } from '../../../src/shared/errors/index.ts'
import { INVENTED_DATACENTER, inventError } from './invented.ts'

const empty = emptyStorageForm({
  datacenterId: INVENTED_DATACENTER,
  isLocal: false,
  hasData: false,
  hasIso: false,
})
const TARGET = { portal: '10.0.0.5:3260', target: 'iqn.2003-01.org.example:vm' }
const filled = (change: Partial<StorageForm>): StorageForm => ({ ...empty, name: 'data', ...change })

describe('emptyStorageForm', () => {
  it.each([
    { what: 'data first', hasData: false, hasIso: false, type: 'data' },
    { what: 'then installation media', hasData: true, hasIso: false, type: 'iso' },
    { what: 'then data again', hasData: true, hasIso: true, type: 'data' },
  ])('proposes $what', ({ hasData, hasIso, type }) => {
    expect(emptyStorageForm({ datacenterId: INVENTED_DATACENTER, isLocal: false, hasData, hasIso }).type).toBe(type)
  })

  it('proposes a local folder where the datacenter shares nothing', () => {
    const form = emptyStorageForm({ datacenterId: null, isLocal: true, hasData: false, hasIso: false })
    expect(form).toMatchObject({ kind: 'local', datacenterId: '' })
  })
})

describe('newStorageFormSchema', () => {
  it.each([
    ['without a name', { name: ' ', kind: 'posix', path: '/mnt/a' }, 'name'],
    ['without a server', { kind: 'nfs', export: '/a' }, 'server'],
    ['with a server that is none', { kind: 'nfs', server: 'a b', export: '/a' }, 'server'],
    ['without an export', { kind: 'nfs', server: 'nas' }, 'export'],
    ['with a path that is not absolute', { kind: 'posix', path: 'mnt/a' }, 'path'],
    ['without a path', { kind: 'local' }, 'path'],
    ['without targets', { kind: 'iscsi', lunIds: ['naa.1'] }, 'targets'],
    ['without LUNs', { kind: 'fc' }, 'lunIds'],
    ['without a password', { kind: 'iscsi', targets: [TARGET], chapUser: 'vd', lunIds: ['naa.1'] }, 'chapPassword'],
    ['with media on LUNs', { kind: 'fc', type: 'iso', lunIds: ['naa.1'] }, 'type'],
    [
      'with mount options that a shell would read',
      { kind: 'posix', path: '/a', mountOptions: 'ro;reboot' },
      'mountOptions',
    ],
  ] as [string, Partial<StorageForm>, string][])('says at its field what is wrong %s', (_what, change, field) => {
    const result = newStorageFormSchema.safeParse(filled(change))
    expect(result.error?.issues.map(({ path }) => path[0])).toEqual([field])
  })

  it('asks for no path of NFS, and no server of a path', () => {
    expect(newStorageFormSchema.safeParse(filled({ kind: 'nfs', server: 'nas', export: '/a' })).success).toBe(true)
    expect(newStorageFormSchema.safeParse(filled({ kind: 'posix', path: '/mnt/a' })).success).toBe(true)
  })
})

describe('storageOf', () => {
  it.each([
    [
      { kind: 'nfs', server: ' nas ', export: '/a' },
      { kind: 'nfs', server: 'nas', export: '/a', version: 'auto' },
    ],
    [
      { kind: 'nfs', server: 'nas', export: '/a', version: '4.1', mountOptions: 'noatime' },
      { kind: 'nfs', server: 'nas', export: '/a', version: '4.1', mountOptions: 'noatime' },
    ],
    [
      { kind: 'posix', path: '/mnt/a', mountOptions: 'noatime' },
      { kind: 'posix', path: '/mnt/a' },
    ],
    [
      { kind: 'posix', path: '/mnt/a', source: 'gfs:/v', mountOptions: 'noatime' },
      { kind: 'posix', path: '/mnt/a', source: 'gfs:/v', fileSystem: 'glusterfs', mountOptions: 'noatime' },
    ],
    [
      { kind: 'iscsi', targets: [TARGET], chapUser: ' vd ', chapPassword: 'secret', lunIds: ['naa.1'], path: '/a' },
      { kind: 'iscsi', targets: [TARGET], chapUser: 'vd', lunIds: ['naa.1'] },
    ],
    [
      { kind: 'iscsi', targets: [TARGET], chapPassword: 'left from before', lunIds: ['naa.1'] },
      { kind: 'iscsi', targets: [TARGET], lunIds: ['naa.1'] },
    ],
    [
      { kind: 'fc', targets: [TARGET], chapUser: 'vd', lunIds: ['naa.1', 'naa.2'] },
      { kind: 'fc', lunIds: ['naa.1', 'naa.2'] },
    ],
    [
      { kind: 'local', path: '/srv/a', source: 'left from before' },
      { kind: 'local', path: '/srv/a' },
    ],
  ] as [Partial<StorageForm>, unknown][])('sends of %j what belongs to its kind', (change, storage) => {
    expect(storageOf(filled(change))).toEqual(storage)
  })

  it.each([
    { kind: 'nfs', server: 'nas', export: '/a', version: '4.2', mountOptions: 'noatime' },
    { kind: 'iscsi', targets: [TARGET], chapUser: 'vd', lunIds: ['naa.1'] },
    { kind: 'fc', lunIds: ['naa.1'] },
  ] as DomainStorageInput[])('is what a form of $kind sends again', (storage) => {
    expect(storageOf({ ...empty, ...formOfStorage(storage) })).toEqual(storage)
  })

  it('never holds a password, which goes beside it and only to targets', () => {
    const form = filled({ kind: 'iscsi', targets: [TARGET], chapUser: 'vd', chapPassword: 'secret', lunIds: ['naa.1'] })
    expect(JSON.stringify(storageOf(form))).not.toContain('secret')
    expect(chapPasswordOf(form)).toEqual({ chapPassword: 'secret' })
    expect(chapPasswordOf({ ...form, kind: 'fc' })).toEqual({})
    expect(chapPasswordOf({ ...form, chapUser: ' ' })).toEqual({})
  })
})

describe('splitNfsPlace', () => {
  it.each([
    ['nas:/exports/data', { server: 'nas', export: '/exports/data' }],
    [' 10.77.0.1:/a b ', { server: '10.77.0.1', export: '/a b' }],
    ['[fd00::1]:/a', { server: 'fd00::1', export: '/a' }],
    ['nas', null],
    ['/exports/data', null],
    ['fd00::1', null],
  ])('reads %j', (text, parts) => {
    expect(splitNfsPlace(text)).toEqual(parts)
  })
})

describe('fieldOfError', () => {
  it.each([
    ['storage.name-taken', 'nfs', 'name'],
    ['storage.export-missing', 'nfs', 'export'],
    ['storage.path-not-empty', 'posix', 'path'],
    ['storage.not-writable', 'nfs', 'export'],
    ['storage.server-unreachable', 'nfs', 'server'],
    ['storage.type-taken', 'nfs', 'type'],
    ['storage.chap-refused', 'iscsi', 'chapPassword'],
    ['storage.lun-in-use', 'fc', 'lunIds'],
    ['storage.mount-failed', 'fc', null],
    ['storage.no-up-host', 'nfs', null],
  ] as const satisfies readonly (readonly [ErrorCode, StorageForm['kind'], keyof StorageForm | null])[])(
    'shows %s of %s at %s',
    (code, kind, field) => {
      expect(fieldOfError(inventError(code), { kind })).toBe(field)
    },
  )
})
