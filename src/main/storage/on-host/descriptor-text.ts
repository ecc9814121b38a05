import { z } from 'zod'
import { datacenterIdSchema, storageDomainIdSchema, storageDomainTypeSchema } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { DomainDescriptor } from './types.ts'

/** Of `domain.json`, as this version writes it. A newer one is not touched. */
export const DESCRIPTOR_FORMAT = 1
const TEXT_MAX = 64 * 1024

const nameSchema = z.string().max(256)
const descriptorSchema = z.object({
  format: z.number().int().min(1),
  id: storageDomainIdSchema,
  type: storageDomainTypeSchema,
  name: nameSchema.min(1),
  description: z.string().max(4_096).default(''),
  datacenter: z.object({ id: datacenterIdSchema, name: nameSchema }).nullable().default(null),
  isMaster: z.boolean().default(false),
  masterVersion: z.number().int().min(0).default(0),
  generation: z.number().int().min(0).default(0),
  engine: z
    .object({ id: z.string().max(128), name: nameSchema })
    .nullable()
    .default(null),
})
const headSchema = z.object({ format: z.number().int().min(1), name: nameSchema.default('') })

/**
 * Reads `domain.json`, which anybody may have written. Errors: storage.descriptor-unreadable, storage.format-newer. Pure.
 */
export function parseDescriptor(
  text: string,
  place: { readonly hostName: string; readonly path: string },
): DomainDescriptor {
  const unreadable = (detail: string, cause?: unknown) =>
    new AppError('storage.descriptor-unreadable', { ...place, detail }, { cause })
  if (text.length > TEXT_MAX) throw unreadable(`longer than ${TEXT_MAX} characters`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw unreadable('not JSON', error)
  }
  const head = headSchema.safeParse(json)
  if (head.success && head.data.format > DESCRIPTOR_FORMAT) {
    const { name, format } = head.data
    throw new AppError('storage.format-newer', { name, format, supported: DESCRIPTOR_FORMAT })
  }
  const parsed = descriptorSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw unreadable(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`.slice(0, 200), parsed.error)
}

/** `domain.json` as it is written. Pure. */
export function formatDescriptor(descriptor: DomainDescriptor): string {
  return `${JSON.stringify(descriptor, null, 2)}\n`
}
