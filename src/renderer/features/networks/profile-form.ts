import { z } from 'zod'
import type { VnicProfile, VnicQos } from '../../../shared/domain/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

/** In the list of filters: none. */
export const NO_FILTER = 'none'

const kibSchema = z
  .string()
  .trim()
  .refine(
    (text) => text === '' || (/^\d{1,10}$/.test(text) && Number(text) >= 1 && Number(text) <= 4_294_967_295),
    'networks:form.kibWrong',
  )

const LIMITS = [
  'inboundAverage',
  'inboundPeak',
  'inboundBurst',
  'outboundAverage',
  'outboundPeak',
  'outboundBurst',
] as const
export type LimitField = (typeof LIMITS)[number]

export const profileFormSchema = z
  .object({
    name: z.string().trim().min(1, 'clusters:form.nameMissing').max(256, 'clusters:form.tooLong'),
    description: z.string().trim().max(4_096, 'clusters:form.tooLong'),
    filter: z.string(),
    macSpoofing: z.boolean(),
    trunk: z.boolean(),
    portMirroring: z.boolean(),
    passthrough: z.boolean(),
    inboundAverage: kibSchema,
    inboundPeak: kibSchema,
    inboundBurst: kibSchema,
    outboundAverage: kibSchema,
    outboundPeak: kibSchema,
    outboundBurst: kibSchema,
  })
  .superRefine((form, context) => {
    for (const way of ['inbound', 'outbound'] as const) {
      if (form[`${way}Average`] !== '' || (form[`${way}Peak`] === '' && form[`${way}Burst`] === '')) continue
      context.addIssue({ code: 'custom', path: [`${way}Average`], message: 'networks:form.averageMissing' })
    }
  })
export type ProfileForm = z.infer<typeof profileFormSchema>

/** A profile as a form, or one that is new. Pure. */
export function profileFormOf(profile: VnicProfile | null): ProfileForm {
  const text = (value: number | null | undefined) => (value == null ? '' : String(value))
  const { inbound, outbound } = profile?.qos ?? { inbound: null, outbound: null }
  return {
    name: profile?.name ?? '',
    description: profile?.description ?? '',
    filter: profile === null ? 'no-mac-spoofing' : (profile.filter ?? NO_FILTER),
    macSpoofing: profile?.macSpoofing ?? false,
    trunk: profile?.trunk ?? false,
    portMirroring: profile?.portMirroring ?? false,
    passthrough: profile?.passthrough ?? false,
    inboundAverage: text(inbound?.averageKiBps),
    inboundPeak: text(inbound?.peakKiBps),
    inboundBurst: text(inbound?.burstKiB),
    outboundAverage: text(outbound?.averageKiBps),
    outboundPeak: text(outbound?.peakKiBps),
    outboundBurst: text(outbound?.burstKiB),
  }
}

/** A form as the commands take it. Pure. */
export function profileFieldsOf(values: ProfileForm) {
  const form = profileFormSchema.parse(values)
  const { name, description, macSpoofing, trunk, portMirroring, passthrough } = form
  const numberOf = (text: string) => (text === '' ? null : Number(text))
  const limitOf = (way: 'inbound' | 'outbound'): VnicQos['inbound'] => {
    const averageKiBps = numberOf(form[`${way}Average`])
    if (averageKiBps === null) return null
    return { averageKiBps, peakKiBps: numberOf(form[`${way}Peak`]), burstKiB: numberOf(form[`${way}Burst`]) }
  }
  return {
    name,
    description,
    filter: form.filter === NO_FILTER ? null : form.filter,
    macSpoofing,
    trunk,
    portMirroring,
    passthrough,
    qos: { inbound: limitOf('inbound'), outbound: limitOf('outbound') },
  }
}

/** What a person changed of what they saw. Pure. */
export function profileChangesOf(base: VnicProfile, values: ProfileForm) {
  const is = profileFieldsOf(values)
  const changed = Object.entries(is).filter(
    ([field, value]) => JSON.stringify(base[field as keyof typeof is]) !== JSON.stringify(value),
  )
  return Object.fromEntries(changed) as Partial<typeof is>
}
