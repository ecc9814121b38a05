import { matchesPatternList } from './host-pattern.ts'

/** What the criteria of a `Match` line are compared with (ssh_config(5), Match). */
export interface MatchFacts {
  /** The name as the person gave it. */
  readonly originalName: string
  /** The name after `HostName`, as far as it was read. */
  readonly hostName: string
  readonly user: string
  readonly localUser: string
  /** The value of `Tag`, or ''. */
  readonly tag: string
  /** True when the files are read once more, as `final` asks for. */
  readonly isFinalPass: boolean
}

export interface MatchVerdict {
  readonly matches: boolean
  /** Criteria that only OpenSSH can judge and that decide: without them the line would match. */
  readonly unjudged: readonly string[]
  /** The line asks for a second pass over the files. */
  readonly wantsFinalPass: boolean
}

/**
 * Judges the criteria of a `Match` line as OpenSSH does. What would run a program (`exec`) or is not known here is not
 * judged: the block does not apply then. A text says what ssh_config(5) does not allow.
 */
export function judgeMatch(args: readonly string[], facts: MatchFacts): MatchVerdict | string {
  const words = args.flatMap(splitAtSign)
  const unjudged: string[] = []
  let matches = true
  let wantsFinalPass = false
  let criteria = 0
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const isNegated = word.startsWith('!')
    const name = isNegated ? word.slice(1) : word
    const criterion = name.toLowerCase()
    if (criterion === 'all') {
      if (criteria > 0 || at + 1 < words.length) return 'Match all cannot be combined with other criteria'
      return { matches: matches && !isNegated, unjudged, wantsFinalPass }
    }
    if (criterion === 'canonical' || criterion === 'final') {
      wantsFinalPass ||= criterion === 'final'
      if (facts.isFinalPass === isNegated) matches = false
      continue
    }
    criteria++
    const argument = words[++at] ?? ''
    if (argument === '') return `Match ${name}: argument missing`
    const judged = judgeCriterion(criterion, argument, facts)
    if (judged === null) unjudged.push(word)
    else if (judged === isNegated) matches = false
  }
  if (!matches) return { matches, unjudged: [], wantsFinalPass }
  return { matches: unjudged.length === 0, unjudged, wantsFinalPass }
}

/** A criterion and its argument may have an equals sign between them, with or without blanks. */
export function splitAtSign(word: string, index: number, words: readonly string[]): string[] {
  if (word === '=') return []
  if (word.startsWith('=')) return [word.slice(1)]
  const [, name, argument] = /^(!?[a-z]+)=(.*)$/is.exec(word) ?? []
  if (name === undefined || argument === undefined) return [word]
  return argument === '' && index + 1 < words.length ? [name] : [name, argument]
}

/** Null: cannot be judged here. */
function judgeCriterion(criterion: string, argument: string, facts: MatchFacts): boolean | null {
  switch (criterion) {
    case 'host':
      return matchesPatternList(facts.hostName.toLowerCase(), argument.toLowerCase().split(','))
    case 'originalhost':
      return matchesPatternList(facts.originalName.toLowerCase(), argument.toLowerCase().split(','))
    case 'user':
      return matchesPatternList(facts.user, argument.split(','))
    case 'localuser':
      return matchesPatternList(facts.localUser, argument.split(','))
    case 'tagged':
      return matchesPatternList(facts.tag, argument.split(','))
    default:
      return null
  }
}
