import { useSyncExternalStore } from 'react'

const DARK_CLASS = 'pf-v6-theme-dark'

function subscribe(changed: () => void): () => void {
  const observer = new MutationObserver(changed)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['class'] })
  return () => observer.disconnect()
}

/** Whether the page is dark now, whoever decided it; for what CSS alone cannot follow. */
export function useDark(): boolean {
  return useSyncExternalStore(subscribe, () => document.documentElement.classList.contains(DARK_CLASS))
}
