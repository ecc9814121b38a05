/** A form's values without its secrets, which become empty: what is kept must not hold them. Pure. */
export function withoutSecrets<Values extends object>(values: Values, secrets: readonly (keyof Values)[]): Values {
  const kept = { ...values }
  for (const name of secrets) Object.assign(kept, { [name]: '' })
  return kept
}

/** Whether a person would miss something of it. Pure. */
export function isWorthKeeping<Values extends object>(values: Values, defaults: Values): boolean {
  return JSON.stringify(values) !== JSON.stringify(defaults)
}

const drafts = new Map<string, object>()

/** What was typed into a wizard that was closed before its end. It lives as long as the window, and holds no secrets. */
export function readDraft<Values extends object>(id: string): Values | null {
  return (drafts.get(id) as Values | undefined) ?? null
}

export function keepDraft<Values extends object>(
  id: string,
  values: Values,
  { defaults, secrets }: { readonly defaults: Values; readonly secrets: readonly (keyof Values)[] },
): void {
  const kept = withoutSecrets(values, secrets)
  if (isWorthKeeping(kept, withoutSecrets(defaults, secrets))) drafts.set(id, kept)
  else drafts.delete(id)
}

export function forgetDraft(id: string): void {
  drafts.delete(id)
}
