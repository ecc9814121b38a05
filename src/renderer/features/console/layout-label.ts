/** Layouts whose name is not that of their language. */
const LANGUAGES: Readonly<Record<string, string>> = { bepo: 'fr', cz: 'cs', et: 'am' }

/** What a layout is called for a person: its language, and QEMU's name of it. */
export function layoutLabel(name: string, displayLanguage: string): string {
  const language = new Intl.DisplayNames(displayLanguage, { type: 'language', languageDisplay: 'standard' })
  try {
    return `${language.of(LANGUAGES[name] ?? name) ?? name} (${name})`
  } catch (error) {
    // Not shaped like the tag of a language.
    if (!(error instanceof RangeError)) throw error
    return name
  }
}
