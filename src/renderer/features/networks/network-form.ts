import { z } from 'zod'
import type { CommandInput } from '../../../shared/contract/index.ts'
import type { Network } from '../../../shared/domain/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

/** A number between two others, or nothing. */
const optionalNumber = (min: number, max: number, wrong: string) =>
  z
    .string()
    .trim()
    .refine((text) => text === '' || (/^\d{1,6}$/.test(text) && Number(text) >= min && Number(text) <= max), wrong)

export const networkFormSchema = z.object({
  datacenterId: z.string(),
  name: z.string().trim().min(1, 'clusters:form.nameMissing').max(256, 'clusters:form.tooLong'),
  description: z.string().trim().max(4_096, 'clusters:form.tooLong'),
  comment: z.string().trim().max(4_096, 'clusters:form.tooLong'),
  vlanId: optionalNumber(1, 4_094, 'networks:form.vlanWrong'),
  mtu: optionalNumber(68, 65_520, 'networks:form.mtuWrong'),
  vmNetwork: z.boolean(),
  attachToAllClusters: z.boolean(),
})
export type NetworkForm = z.infer<typeof networkFormSchema>

export function emptyNetworkForm(datacenterId: string): NetworkForm {
  const texts = { name: '', description: '', comment: '', vlanId: '', mtu: '' }
  return { ...texts, datacenterId, vmNetwork: true, attachToAllClusters: false }
}

export function networkFormOf(network: Network): NetworkForm {
  const { datacenterId, name, description, comment, vlanId, mtu, vmNetwork } = network
  const numbers = { vlanId: vlanId === null ? '' : String(vlanId), mtu: mtu === null ? '' : String(mtu) }
  return { datacenterId, name, description, comment, ...numbers, vmNetwork, attachToAllClusters: false }
}

/** A form as the command takes it: numbers as numbers, nothing as null. Pure. */
export function networkFieldsOf(values: NetworkForm) {
  const { name, description, comment, vlanId, mtu, vmNetwork } = networkFormSchema.parse(values)
  const numberOf = (text: string) => (text === '' ? null : Number(text))
  return { name, description, comment, vlanId: numberOf(vlanId), mtu: numberOf(mtu), vmNetwork }
}

/** What a person changed of what they saw. Pure. */
export function networkChangesOf(base: Network, values: NetworkForm): CommandInput<'network.edit'> {
  const is = networkFieldsOf(values)
  const changed = Object.entries(is).filter(([field, value]) => base[field as keyof typeof is] !== value)
  return { networkId: base.id, ...Object.fromEntries(changed) }
}
