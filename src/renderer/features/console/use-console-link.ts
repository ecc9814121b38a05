import { useEffect, useState } from 'react'
import type { Vm } from '../../../shared/domain/index.ts'
import { type ConsoleChannel, openConsoleChannel, useConnection, useEngineClient } from '../../stores/index.ts'
import type { ConsoleAddress } from './console-address.ts'
import { ConsoleLink } from './console-link.ts'
import type { LinkState } from './decide-link.ts'

/** A console kept connected while the component is there. */
export interface ConsoleLinkView {
  readonly state: LinkState
  /** What the screen shows and sends on; null while there is none. */
  readonly channel: ConsoleChannel | null
  readonly retry: (force: boolean) => void
  readonly screenConnected: () => void
}

/** Connects a console and keeps it so; `vm` is what the mirror knows of it. */
export function useConsoleLink({ vmId, kind, port }: ConsoleAddress, vm: Vm | undefined): ConsoleLinkView {
  const client = useEngineClient()
  const engineLive = useConnection() === 'open'
  const [state, setState] = useState<LinkState>({ phase: 'waiting', reason: 'engine' })
  const [channel, setChannel] = useState<ConsoleChannel | null>(null)
  const [link, setLink] = useState<ConsoleLink | null>(null)

  useEffect(() => {
    const created = new ConsoleLink({
      openTicket: (force) => client.call('console.open', { vmId, kind, port, force }),
      connect: openConsoleChannel,
      show: setChannel,
      changed: setState,
      elapsedMs: () => performance.now(),
      random: Math.random,
    })
    setLink(created)
    return () => {
      created.stop()
    }
  }, [client, vmId, kind, port])

  const vmStatus = vm?.status
  const hostId = vm?.hostId
  useEffect(() => {
    link?.update({ engineLive, vmStatus, hostId })
  }, [link, engineLive, vmStatus, hostId])

  return {
    state,
    channel,
    retry: (force) => link?.retry(force),
    screenConnected: () => link?.screenConnected(),
  }
}
