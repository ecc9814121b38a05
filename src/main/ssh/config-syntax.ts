/** One directive of an ssh_config file: its keyword in lower case, and its arguments with quotes resolved. */
export interface ConfigDirective {
  readonly keyword: string
  readonly args: readonly string[]
  readonly line: number
}

/** A line that ssh_config(5) does not allow. */
export interface ConfigProblem {
  readonly line: number
  readonly detail: string
}

/** Reads the text of an ssh_config file into directives; blocks stay flat, as OpenSSH evaluates them in order. */
export function parseConfigText(text: string): { directives: ConfigDirective[]; problems: ConfigProblem[] } {
  const directives: ConfigDirective[] = []
  const problems: ConfigProblem[] = []
  text.split(/\r?\n/).forEach((raw, index) => {
    const content = raw.trim()
    if (content === '' || content.startsWith('#')) return
    const line = index + 1
    const [, keyword = '', rest = ''] = /^([A-Za-z0-9]+)(?:[ \t]*=[ \t]*|[ \t]+|$)(.*)$/.exec(content) ?? []
    if (keyword === '') {
      problems.push({ line, detail: 'no keyword' })
      return
    }
    const args = splitArguments(rest)
    if (args === null) problems.push({ line, detail: 'unbalanced quotes' })
    else if (args.length === 0) problems.push({ line, detail: `${keyword}: argument missing` })
    else directives.push({ keyword: keyword.toLowerCase(), args, line })
  })
  return { directives, problems }
}

/** Splits arguments at blanks; quotes group, a backslash escapes a quote, a blank or itself, `#` starts a comment. */
export function splitArguments(text: string): string[] | null {
  const args: string[] = []
  let at = 0
  while (at < text.length) {
    if (text[at] === ' ' || text[at] === '\t') {
      at++
      continue
    }
    if (text[at] === '#') break
    let quote = ''
    let word = ''
    for (; at < text.length; at++) {
      const character = text[at] ?? ''
      const next = text[at + 1] ?? ''
      if (character === '\\' && (next === '"' || next === "'" || next === '\\' || (quote === '' && next === ' '))) {
        word += next
        at++
      } else if (quote === '' && (character === ' ' || character === '\t')) break
      else if (quote === '' && (character === '"' || character === "'")) quote = character
      else if (character === quote) quote = ''
      else word += character
    }
    if (quote !== '') return null
    args.push(word)
  }
  return args
}
