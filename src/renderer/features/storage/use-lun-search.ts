import { useState } from 'react'
import type { UseFormReturn } from 'react-hook-form'
import type { CommandInput, CommandOutput } from '../../../shared/contract/index.ts'
import type { DatacenterId, IscsiTarget } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { useEngineClient } from '../../stores/index.ts'
import { chapOf, type StorageForm } from './storage-form.ts'

export type FoundLuns = CommandOutput<'storage.list-luns'>

/** What was found of iSCSI targets and LUNs, and how to look for them. It outlives the pages of the wizard. */
export interface LunSearch {
  /** Null: nobody has asked this portal. */
  readonly targets: readonly IscsiTarget[] | null
  /** Null: nobody has asked about the targets that are chosen now. */
  readonly found: FoundLuns | null
  readonly busy: 'targets' | 'luns' | null
  /** Of what was asked last. */
  readonly error: WireError | null
  findTargets(): Promise<void>
  findLuns(): Promise<void>
}

interface Answers {
  readonly targets: { readonly about: string; readonly list: readonly IscsiTarget[] } | null
  readonly luns: { readonly about: string; readonly found: FoundLuns } | null
  readonly error: { readonly about: string; readonly error: WireError } | null
}

/** Asks the hosts of the datacenter for targets and LUNs, when told to; an answer to another question counts no more. */
export function useLunSearch(form: UseFormReturn<StorageForm>): LunSearch {
  const client = useEngineClient()
  const [answers, setAnswers] = useState<Answers>({ targets: null, luns: null, error: null })
  const [busy, setBusy] = useState<LunSearch['busy']>(null)
  const values = form.watch()
  const portal = portalQuestion(values)
  const luns = lunQuestion(values)
  const { error } = answers
  return {
    targets: answers.targets?.about === portal ? answers.targets.list : null,
    found: answers.luns?.about === luns ? answers.luns.found : null,
    busy,
    error: error?.about === portal || error?.about === luns ? error.error : null,
    findTargets: async () => {
      const asked = form.getValues()
      const about = portalQuestion(asked)
      setBusy('targets')
      const datacenterId = asked.datacenterId as DatacenterId
      const result = await client.call('storage.discover-targets', { datacenterId, portal: asked.portal.trim() })
      setBusy(null)
      if (!result.ok) {
        setAnswers((before) => ({ ...before, error: { about, error: result.error } }))
        return
      }
      const { targets: list } = result.value
      // The only one is the one that was meant.
      if (list.length === 1) form.setValue('targets', [...list], { shouldValidate: form.formState.isSubmitted })
      setAnswers((before) => ({ ...before, targets: { about, list }, error: null }))
    },
    findLuns: async () => {
      const asked = form.getValues()
      const about = lunQuestion(asked)
      setBusy('luns')
      const result = await client.call('storage.list-luns', lunInputOf(asked))
      setBusy(null)
      setAnswers((before) =>
        result.ok
          ? { ...before, luns: { about, found: result.value }, error: null }
          : { ...before, error: { about, error: result.error } },
      )
    },
  }
}

function lunInputOf(values: StorageForm): CommandInput<'storage.list-luns'> {
  const datacenterId = values.datacenterId as DatacenterId
  if (values.kind !== 'iscsi') return { datacenterId }
  return { datacenterId, targets: [...values.targets], ...chapOf(values) }
}

function portalQuestion({ datacenterId, portal }: StorageForm): string {
  return JSON.stringify(['portal', datacenterId, portal.trim()])
}

function lunQuestion(values: StorageForm): string {
  return JSON.stringify(['luns', values.kind, lunInputOf(values)])
}
