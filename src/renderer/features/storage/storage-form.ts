import { z } from 'zod'
import type { DatacenterId, DomainStorageInput } from '../../../shared/domain/index.ts'
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
    kind: z.enum(['nfs', 'posix', 'local']),
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
  })
  .superRefine((form, context) => {
    const complain = (field: keyof typeof form, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message })
    const wantPath = (field: 'path' | 'export') => {
      if (form[field] === '') complain(field, 'storage:form.pathMissing')
      else if (!form[field].startsWith('/')) complain(field, 'storage:form.pathNotAbsolute')
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
  }
}

/** A form that names a place. Pure. */
export function formOfStorage(storage: DomainStorageInput): Partial<StorageForm> {
  const { kind } = storage
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

/** The field at which an error should stand; null when it belongs to none. Pure. */
export function fieldOfError({ code }: WireError, { kind }: Pick<StorageForm, 'kind'>): keyof StorageForm | null {
  if (code === 'storage.name-taken') return 'name'
  if (code === 'storage.first-must-be-data' || code === 'storage.type-taken') return 'type'
  if (code === 'storage.local-only' || code === 'storage.shared-only') return 'kind'
  if (code === 'storage.server-unreachable') return kind === 'nfs' ? 'server' : 'source'
  if (code.startsWith('storage.mount-option-')) return 'mountOptions'
  if (code === 'storage.nfs-version') return 'version'
  if (code === 'storage.mount-failed') return kind === 'nfs' ? null : 'source'
  return PLACE_CODES.has(code) ? (kind === 'nfs' ? 'export' : 'path') : null
}
