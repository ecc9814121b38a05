import i18next, { type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Language } from '../stores/index.ts'
import { loadCatalog } from './catalogs.ts'
import { isolateName } from './isolate-name.ts'
import { type ParticlePair, withParticle } from './particles.ts'

const NAMESPACES = [
  'common',
  'frame',
  'datacenters',
  'clusters',
  'hosts',
  'vms',
  'commands',
  'steps',
  'errors',
  'events',
  'settings',
  'console',
]

/**
 * Formats usable in texts: `{{name, 을/를}}` puts a name with its particle; other languages never use them. `{{status, lower}}`
 * puts a word that begins with a capital elsewhere inside of a sentence.
 */
const PARTICLES: readonly ParticlePair[] = ['이/가', '을/를', '은/는', '와/과', '으로/로']

/** The catalogs in a language, ready to use. Only the catalogs of that language are fetched. */
export async function createI18n(language: Language): Promise<i18n> {
  const instance = i18next.createInstance()
  await instance.use(initReactI18next).init({
    lng: language,
    ns: NAMESPACES,
    defaultNS: 'common',
    resources: { [language]: await loadCatalog(language) },
    // React escapes what HTML could take for markup; what is left is the direction of what is put in.
    interpolation: { escapeValue: true, escape: isolateName },
    returnNull: false,
  })
  for (const pair of PARTICLES) {
    instance.services.formatter?.add(pair, (value: unknown) => withParticle(String(value), pair))
  }
  instance.services.formatter?.add('lower', (value: unknown, language) => String(value).toLocaleLowerCase(language))
  return instance
}

/** Changes the language of a running page. */
export async function changeLanguage(instance: i18n, language: Language): Promise<void> {
  if (!instance.hasResourceBundle(language, 'common')) {
    const catalog = await loadCatalog(language)
    for (const [namespace, texts] of Object.entries(catalog)) instance.addResourceBundle(language, namespace, texts)
  }
  await instance.changeLanguage(language)
}
