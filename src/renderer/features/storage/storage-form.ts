import { z } from 'zod'
import {
  chapPasswordSchema,
  chapUserSchema,
  type DatacenterId,
  type DomainStorageInput,
  iscsiTargetSchema,
} from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const MOUNT_OPTIONS = /^[\w=.,:/@+-]*$/

/** The fields of the dialogs, as a person fills them in. Empty: not given. Messages are catalog keys. */
export const storageFormSchema = z
  .object({
    name: z.string().trim().max(64, 'clusters:form.tooLong'),
    description: z.string().trim().max(4_096, 'clusters:form.tooLong'),
    datacenterId: z.string().min(1, 'storage:form.datacenterMissing'),
    type: z.enum(['data', 'iso', 'export']),
    kind: z.enum(['nfs', 'posix', 'local', 'iscsi', 'fc']),
    path: z.string().trim().max(4_096, 'clusters:form.tooLong'),
    server: z.string().trim().max(255, 'clusters:form.tooLong'),
    export: z.string().trim().max(4_096, 'clusters:form.tooLong'),
    version: z.enum(['auto', '4.2', '4.1', '3']),
    mountOptions: z
      .string()
      .trim()
      .max(1_024, 'clusters:form.tooLong')
      .regex(MOUNT_OPTIONS, 'storage:form.optionsWrong'),
    /** What libvirt mounts at the path; empty: the hosts have it mounted already. */
    source: z.string().trim().max(1_024, 'clusters:form.tooLong'),
    fileSystem: z.enum(['glusterfs', 'cifs']),
    /** Where iSCSI targets are looked for; those that were chosen stand below. */
    portal: z.string().trim().max(255, 'clusters:form.tooLong'),
    targets: z.array(iscsiTargetSchema),
    /** Empty: the targets let everybody in. */
    chapUser: z.string(),
    chapPassword: z.string(),
    lunIds: z.array(z.string()),
  })
  .superRefine((form, context) => {
    const complain = (field: keyof typeof form, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message })
    const wantPath = (field: 'path' | 'export') => {
      if (form[field] === '') complain(field, 'storage:form.pathMissing')
      else if (!form[field].startsWith('/')) complain(field, 'storage:form.pathNotAbsolute')
    }
    if (form.kind === 'iscsi' || form.kind === 'fc') {
      if (form.kind === 'iscsi') {
        if (form.targets.length === 0) complain('targets', 'storage:form.targetsMissing')
        if (form.chapUser.trim() !== '') {
          if (!chapUserSchema.safeParse(form.chapUser).success) complain('chapUser', 'storage:form.chapUserWrong')
          if (!chapPasswordSchema.safeParse(form.chapPassword).success)
            complain('chapPassword', 'storage:form.chapPasswordWrong')
        }
      }
      if (form.lunIds.length === 0) complain('lunIds', 'storage:form.lunsMissing')
      if (form.type !== 'data') complain('type', 'storage:form.lunsAreData')
      return
    }
    if (form.kind !== 'nfs') {
      wantPath('path')
      return
    }
    if (form.server === '') complain('server', 'storage:form.serverMissing')
    else if (!/^[\w.:-]+$/.test(form.server)) complain('server', 'storage:form.serverWrong')
    wantPath('export')
  })
export type StorageForm = z.infer<typeof storageFormSchema>

/** The same with a name, which an import finds in the domain. */
export const newStorageFormSchema = storageFormSchema.superRefine(({ name }, context) => {
  if (name === '') context.addIssue({ code: 'custom', path: ['name'], message: 'storage:form.nameMissing' })
})

/** The form of a new domain: data first, then installation media; on storage that all hosts share unless the datacenter has none. */
export function emptyStorageForm(parts: {
  readonly datacenterId: DatacenterId | null
  readonly isLocal: boolean
  readonly hasData: boolean
  readonly hasIso: boolean
}): StorageForm {
  return {
    name: '',
    description: '',
    datacenterId: parts.datacenterId ?? '',
    type: parts.hasData && !parts.hasIso ? 'iso' : 'data',
    kind: parts.isLocal ? 'local' : 'nfs',
    path: '',
    server: '',
    export: '',
    version: 'auto',
    mountOptions: '',
    source: '',
    fileSystem: 'glusterfs',
    portal: '',
    targets: [],
    chapUser: '',
    chapPassword: '',
    lunIds: [],
  }
}

/** A form that names a place. Pure. */
export function formOfStorage(storage: DomainStorageInput): Partial<StorageForm> {
  const { kind } = storage
  if (storage.kind === 'fc') return { kind, lunIds: [...storage.lunIds] }
  if (storage.kind === 'iscsi') {
    const { targets, chapUser = '', lunIds } = storage
    return { kind, targets: [...targets], portal: targets[0]?.portal ?? '', chapUser, lunIds: [...lunIds] }
  }
  if (storage.kind === 'local') return { kind, path: storage.path }
  const mountOptions = storage.mountOptions ?? ''
  if (storage.kind === 'nfs') {
    return { kind, server: storage.server, export: storage.export, version: storage.version ?? 'auto', mountOptions }
  }
  return {
    kind,
    path: storage.path,
    source: storage.source ?? '',
    fileSystem: storage.fileSystem ?? 'glusterfs',
    mountOptions,
  }
}

/** Where the domain lies, as commands take it; what was not given is left out. Pure. */
export function storageOf(form: StorageForm): DomainStorageInput {
  const { lunIds } = form
  if (form.kind === 'fc') return { kind: 'fc', lunIds: [...lunIds] }
  if (form.kind === 'iscsi') {
    const { chapUser } = chapOf(form)
    return {
      kind: 'iscsi',
      targets: [...form.targets],
      lunIds: [...lunIds],
      ...(chapUser === undefined ? {} : { chapUser }),
    }
  }
  const path = form.path.trim()
  const options = form.mountOptions.trim()
  const mountOptions = options === '' ? {} : { mountOptions: options }
  if (form.kind === 'local') return { kind: 'local', path }
  if (form.kind === 'nfs') {
    const { server, version } = form
    return { kind: 'nfs', server: server.trim(), export: form.export.trim(), version, ...mountOptions }
  }
  const source = form.source.trim()
  // What is mounted already is mounted with the options of whoever did.
  return source === ''
    ? { kind: 'posix', path }
    : { kind: 'posix', path, source, fileSystem: form.fileSystem, ...mountOptions }
}

/** Whom the targets let in, as commands take it beside the place. Pure. */
export function chapOf({ kind, chapUser, chapPassword }: Pick<StorageForm, 'kind' | 'chapUser' | 'chapPassword'>): {
  readonly chapUser?: string
  readonly chapPassword?: string
} {
  const user = chapUser.trim()
  return kind !== 'iscsi' || user === '' ? {} : { chapUser: user, chapPassword }
}

/** The password alone, where the user stands in the place. Pure. */
export function chapPasswordOf(form: StorageForm): { readonly chapPassword?: string } {
  const { chapPassword } = chapOf(form)
  return chapPassword === undefined ? {} : { chapPassword }
}

/** "server:/export", as mount takes it, in its two parts; null: it is not of that form. Pure. */
export function splitNfsPlace(text: string): { readonly server: string; readonly export: string } | null {
  const match = /^\s*(\[[^\]]+\]|[^\s:/]+):(\/.*?)\s*$/.exec(text)
  const [, server, path] = match ?? []
  return server === undefined || path === undefined ? null : { server: server.replaceAll(/[[\]]/g, ''), export: path }
}

const PLACE_CODES: ReadonlySet<string> = new Set([
  'storage.path-not-absolute',
  'storage.path-missing',
  'storage.path-not-folder',
  'storage.path-not-empty',
  'storage.path-nested',
  'storage.place-taken',
  'storage.holds-domain',
  'storage.no-descriptor',
  'storage.not-writable',
  'storage.export-missing',
  'storage.read-only',
])

/** Of a domain on LUNs. */
const BLOCK_FIELDS: Readonly<Record<string, keyof StorageForm>> = {
  'storage.portal-unreachable': 'targets',
  'storage.target-refused': 'targets',
  'storage.chap-refused': 'chapPassword',
  'storage.lun-missing': 'lunIds',
  'storage.lun-in-use': 'lunIds',
  'storage.lun-too-small': 'lunIds',
  'storage.lun-size-differs': 'lunIds',
  'storage.volume-group-incomplete': 'lunIds',
  'storage.holds-domain': 'lunIds',
  'storage.no-descriptor': 'lunIds',
  'storage.place-taken': 'lunIds',
  'storage.block-data-only': 'type',
}

/** The field at which an error should stand; null when it belongs to none. Pure. */
export function fieldOfError({ code }: WireError, { kind }: Pick<StorageForm, 'kind'>): keyof StorageForm | null {
  if (code === 'storage.name-taken') return 'name'
  if (code === 'storage.first-must-be-data' || code === 'storage.type-taken') return 'type'
  if (code === 'storage.local-only' || code === 'storage.shared-only') return 'kind'
  if (kind === 'iscsi' || kind === 'fc') return BLOCK_FIELDS[code] ?? null
  if (code === 'storage.server-unreachable') return kind === 'nfs' ? 'server' : 'source'
  if (code.startsWith('storage.mount-option-')) return 'mountOptions'
  if (code === 'storage.nfs-version') return 'version'
  if (code === 'storage.mount-failed') return kind === 'nfs' ? null : 'source'
  return PLACE_CODES.has(code) ? (kind === 'nfs' ? 'export' : 'path') : null
}
