import { useCallback, useState, useSyncExternalStore } from 'react'
import { useEngine } from '../../stores/index.ts'
import { createTreeReader, type TreeModel } from './tree-model.ts'

/** The tree as it is now; the component repaints only when a node comes, goes, moves or gets another name. */
export function useTreeModel(): TreeModel {
  const { collections } = useEngine()
  const [read] = useState(createTreeReader)
  const hosts = collections.store('hosts')
  const vms = collections.store('vms')
  const subscribe = useCallback(
    (changed: () => void) => {
      const stops = [
        collections.hold('hosts'),
        collections.hold('vms'),
        hosts.subscribe(changed),
        vms.subscribe(changed),
      ]
      return () => {
        for (const stop of stops) stop()
      }
    },
    [collections, hosts, vms],
  )
  return useSyncExternalStore(subscribe, () => read(hosts.getState().entities, vms.getState().entities))
}
