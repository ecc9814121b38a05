import { josa } from 'es-hangul'

/** Pairs of Korean particles, as es-hangul names them. */
export type ParticlePair = '이/가' | '을/를' | '은/는' | '와/과' | '으로/로'

const AFTER: Readonly<
  Record<ParticlePair, { readonly consonant: string; readonly vowel: string; readonly both: string }>
> = {
  '이/가': { consonant: '이', vowel: '가', both: '이(가)' },
  '을/를': { consonant: '을', vowel: '를', both: '을(를)' },
  '은/는': { consonant: '은', vowel: '는', both: '은(는)' },
  '와/과': { consonant: '과', vowel: '와', both: '와(과)' },
  '으로/로': { consonant: '으로', vowel: '로', both: '(으)로' },
}

/** Digits that are read with a final consonant, and of those the ones that end in ㄹ (which take 로). */
const CONSONANT_DIGITS = '013678'
const RIEUL_DIGITS = '178'

/**
 * A name with the particle that fits its sound: "서버를", "node3을". How a Latin word is read cannot be known, so it gets
 * both forms, as Korean interfaces do: "web을(를)".
 */
export function withParticle(name: string, pair: ParticlePair): string {
  const last = name.at(-1) ?? ''
  if (/[가-힣]/.test(last)) return josa(name, pair)
  const forms = AFTER[pair]
  if (!/[0-9]/.test(last)) return name + forms.both
  const takesVowelForm = !CONSONANT_DIGITS.includes(last) || (pair === '으로/로' && RIEUL_DIGITS.includes(last))
  return name + (takesVowelForm ? forms.vowel : forms.consonant)
}
