import type { Language } from '../stores/index.ts'

const loaders = {
  en: () => import('./en.ts'),
  ko: () => import('./ko.ts'),
} as const

/** The texts of a language, by namespace. Only that language's are fetched, and once. */
export async function loadCatalog(
  language: Language,
): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> {
  const { catalog } = await loaders[language]()
  return catalog
}
