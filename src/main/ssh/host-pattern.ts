/**
 * True when `text` matches a pattern of ssh_config(5), section PATTERNS: `*` any run, `?` any one character.
 * Linear in time: patterns come from files that anybody may have written.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  let textAt = 0
  let patternAt = 0
  let starAt = -1
  let resumeAt = 0
  while (textAt < text.length) {
    const wanted = pattern[patternAt]
    if (wanted === '*') {
      starAt = patternAt++
      resumeAt = textAt
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[textAt])) {
      patternAt++
      textAt++
    } else if (starAt >= 0) {
      patternAt = starAt + 1
      textAt = ++resumeAt
    } else {
      return false
    }
  }
  while (pattern[patternAt] === '*') patternAt++
  return patternAt === pattern.length
}

/** Matches a list of patterns of which some may be negated by `!`: a negated match outweighs all others. Case counts. */
export function matchesPatternList(text: string, patterns: readonly string[]): boolean {
  let matched = false
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!')
    if (!matchesPattern(text, negated ? pattern.slice(1) : pattern)) continue
    if (negated) return false
    matched = true
  }
  return matched
}
