import { z } from 'zod'
import type { CommandInput, HostCandidate } from '../../../../shared/contract/index.ts'
import { type ClusterId, expandHostList, HOST_LIST_LIMIT } from '../../../../shared/domain/index.ts'
import { checkSignIn, EMPTY_REACH_FORM, type ReachForm, signInFields, toReach } from '../reach-form.ts'

/** Where the hosts are named. */
export const SOURCES = ['list', 'ssh-config', 'virt-manager'] as const
export type Source = (typeof SOURCES)[number]

/** A host that a person named or chose, with what was said of it alone. */
export type NamedCandidate = Omit<HostCandidate, 'isAdded'>

export const manyFormSchema = z
  .object({
    source: z.enum(SOURCES),
    list: z.string().max(65_536, 'hosts:form.tooLong'),
    /** Addresses of those that were ticked. */
    chosen: z.array(z.string()),
    ...signInFields,
  })
  .superRefine((form, context) => {
    checkSignIn(form, context.addIssue)
    const wrong = (path: 'list' | 'chosen', message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (form.source !== 'list') {
      if (form.chosen.length === 0) wrong('chosen', 'hosts:many.chooseSome')
      return
    }
    const problem = decideListProblem(form.list)
    if (problem !== null) wrong('list', problem)
  })
export type ManyForm = z.infer<typeof manyFormSchema>

const { address: _address, name: _name, ...signIn } = EMPTY_REACH_FORM
export const EMPTY_MANY_FORM: ManyForm = { source: 'list', list: '', chosen: [], ...signIn }

/** What is wrong with a list, as a key of the catalogs; null: nothing. Pure. */
export function decideListProblem(list: string): string | null {
  const { hosts, problem } = expandHostList(list)
  if (problem !== null) return `hosts:many.list.${problem.reason}`
  if (hosts.length === 0) return 'hosts:many.list.empty'
  return findDoubled(hosts) === null ? null : 'hosts:many.list.doubled'
}

/** An address that stands there twice, with other users or ports: in one call each stands once. Null: none. Pure. */
function findDoubled(hosts: readonly { readonly address: string }[]): string | null {
  const seen = new Set<string>()
  for (const { address } of hosts) {
    if (seen.has(address.toLowerCase())) return address
    seen.add(address.toLowerCase())
  }
  return null
}

/** The hosts that a form names; `offered`: what its source has to choose from. Pure. */
export function namedBy(form: ManyForm, offered: readonly NamedCandidate[]): readonly NamedCandidate[] {
  if (form.source === 'list') {
    return expandHostList(form.list).hosts.map((host) => ({ ...host, libvirtMode: form.libvirtMode }))
  }
  const chosen = new Set(form.chosen)
  const hosts = offered.filter(({ address }) => chosen.has(address)).slice(0, HOST_LIST_LIMIT)
  // ssh_config says nothing of libvirt, virt-manager does.
  return form.source === 'virt-manager' ? hosts : hosts.map((host) => ({ ...host, libvirtMode: form.libvirtMode }))
}

/** Of hosts with the same address only the first can be chosen. Pure. */
export function withoutDoubles<Candidate extends { readonly address: string }>(
  hosts: readonly Candidate[],
): readonly Candidate[] {
  const first = new Map<string, Candidate>()
  for (const host of hosts) {
    const key = host.address.toLowerCase()
    if (!first.has(key)) first.set(key, host)
  }
  return [...first.values()]
}

export interface Shared {
  readonly clusterId: ClusterId | null
  readonly allowCommands: readonly string[]
}

function reachOf(form: ManyForm, address: string): ReachForm {
  return { ...form, address, name: '' }
}

/** The input that checks one of the hosts. Pure. */
export function toCheck(
  form: ManyForm,
  { address, user, port, libvirtMode }: NamedCandidate,
  { clusterId, allowCommands, hostKey }: Shared & { readonly hostKey: string | null },
): CommandInput<'host.check'> {
  return {
    ...toReach(reachOf(form, address), hostKey),
    ...(user === null ? {} : { user }),
    ...(port === null ? {} : { port }),
    libvirtMode,
    ...(clusterId === null ? {} : { clusterId }),
    allowCommands: [...allowCommands],
  }
}

/** The call that adds them all. Pure. */
export function toAddMany(
  form: ManyForm,
  hosts: readonly NamedCandidate[],
  { clusterId, allowCommands, hostKeys }: Shared & { readonly hostKeys: Readonly<Record<string, string>> },
): CommandInput<'host.add'> & { readonly addresses: readonly string[] } {
  const { address: _address, ...common } = toReach(reachOf(form, ''), null)
  const overrides = hosts.flatMap(({ address, user, port, libvirtMode }) => {
    const own = {
      ...(user === null ? {} : { user }),
      ...(port === null ? {} : { port }),
      ...(libvirtMode === form.libvirtMode ? {} : { libvirtMode }),
    }
    return Object.keys(own).length === 0 ? [] : [[address, own] as const]
  })
  return {
    ...common,
    addresses: hosts.map(({ address }) => address),
    ...(clusterId === null ? {} : { clusterId }),
    allowCommands: [...allowCommands],
    hostKeys,
    ...(overrides.length === 0 ? {} : { overrides: Object.fromEntries(overrides) }),
  }
}
