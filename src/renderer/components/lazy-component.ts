import { type ComponentType, createElement, useEffect, useState } from 'react'

/** How long the page's work may put off loading what is not shown yet, milliseconds. */
const IDLE_LIMIT_MS = 5_000

const loaders: (() => void)[] = []

/**
 * A component whose code is not part of what the page needs to start. It is loaded when it is first shown, or with
 * `loadLazyComponents`; until it is there nothing is shown. When it cannot be loaded (the engine is away, or a newer one
 * has other files), `onFailed` is called for each time that it was to be shown, and the next time loads anew.
 */
export function lazyComponent<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  onFailed: () => void,
): ComponentType<Props> {
  let loading: Promise<ComponentType<Props>> | null = null
  const part: Part<Props> = {
    load: async () => {
      loading ??= load()
      try {
        return await loading
      } catch (error) {
        loading = null
        throw error
      }
    },
    onFailed,
  }
  // Nobody asked for it yet: whoever does is told.
  loaders.push(() => void part.load().catch(() => undefined))
  return (props) => createElement(ShownPart<Props>, { part, props })
}

interface Part<Props> {
  readonly load: () => Promise<ComponentType<Props>>
  readonly onFailed: () => void
}

function ShownPart<Props extends object>({ part, props }: { readonly part: Part<Props>; readonly props: Props }) {
  const [shown, setShown] = useState<ComponentType<Props> | null>(null)
  useEffect(() => {
    let wanted = true
    part.load().then(
      (component) => {
        if (wanted) setShown(() => component)
      },
      () => {
        if (wanted) part.onFailed()
      },
    )
    return () => {
      wanted = false
    }
  }, [part])
  return shown === null ? null : createElement(shown, props)
}

/**
 * Loads every lazy component when the page has nothing else to do, so that they are there, also without an engine, when
 * somebody asks for them. For a page that can be used: before that it would only compete with what a person waits for.
 */
export function loadLazyComponents(): void {
  const loadAll = () => {
    for (const load of loaders.splice(0)) load()
  }
  // Safari has no such callback: there they are loaded when they are asked for.
  globalThis.requestIdleCallback?.(loadAll, { timeout: IDLE_LIMIT_MS })
}
