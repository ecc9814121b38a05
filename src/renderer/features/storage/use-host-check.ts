import { useState } from 'react'
import type { UseFormReturn } from 'react-hook-form'
import type { StorageHostCheck } from '../../../shared/contract/index.ts'
import type { DatacenterId } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { useEngineClient } from '../../stores/index.ts'
import { chapPasswordOf, type StorageForm, storageOf } from './storage-form.ts'

/** What the hosts have said to the place that the form names. */
export interface HostCheck {
  /** Null: nobody has asked about the form as it is now. */
  readonly hosts: readonly StorageHostCheck[] | null
  readonly isBusy: boolean
  /** Nobody could be asked. */
  readonly error: WireError | null
  run(): Promise<void>
}

type Answer = Pick<HostCheck, 'hosts' | 'error'> & { readonly about: string }

/** Asks each host of the datacenter what it says to the place, when told to; an answer about another place counts no more. */
export function useHostCheck(form: UseFormReturn<StorageForm>, purpose: 'create' | 'import'): HostCheck {
  const client = useEngineClient()
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [isBusy, setBusy] = useState(false)
  const current = answer?.about === questionOf(form.watch()) ? answer : null
  return {
    hosts: current?.hosts ?? null,
    error: current?.error ?? null,
    isBusy,
    run: async () => {
      const asked = form.getValues()
      const about = questionOf(asked)
      setBusy(true)
      const result = await client.call('storage.check', {
        datacenterId: asked.datacenterId as DatacenterId,
        type: asked.type,
        storage: storageOf(asked),
        ...chapPasswordOf(asked),
        purpose,
      })
      setBusy(false)
      setAnswer(
        result.ok ? { about, hosts: result.value.hosts, error: null } : { about, hosts: null, error: result.error },
      )
    },
  }
}

function questionOf(values: StorageForm): string {
  return JSON.stringify([values.datacenterId, values.type, storageOf(values), chapPasswordOf(values)])
}
