import { createHash } from 'node:crypto'

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{display:grid;place-items:center;min-height:100vh;margin:0}
main{width:min(24rem,90vw)}
h1{font-size:1.5rem;margin:0 0 1rem}
label{display:block;margin-bottom:.25rem}
input,button{box-sizing:border-box;width:100%;font:inherit;padding:.5rem .75rem;border-radius:6px;border:1px solid GrayText}
button{margin-top:1rem;background:#0066cc;color:#fff;border-color:#0066cc;cursor:pointer}
[role=alert]{border-inline-start:4px solid #c9190b;padding:.5rem .75rem;margin:0 0 1rem}
code{overflow-wrap:anywhere}`

/** `'sha256-…'` of the one style element below, for the pages' policy. */
const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`

/** The policy of the pages that this server writes itself: no script at all, one form to itself. */
export const PLAIN_PAGE_POLICY = `default-src 'none'; style-src ${STYLE_SOURCE}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`

function buildPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body><main><h1>${title}</h1>
${body}
</main></body>
</html>
`
}

const PROBLEMS = {
  'wrong-password': 'That is not the password. Try again.',
  'link-used': 'This sign-in link was used already or is too old.',
  'too-many': 'Too many attempts. Wait a little, then try again.',
} as const
export type SignInProblem = keyof typeof PROBLEMS

/** The page a browser without a session gets: a form where the server has a password, else how to get a link. */
export function buildSignInPage(options: {
  readonly password: boolean
  readonly problem: SignInProblem | null
}): string {
  const alert = options.problem === null ? '' : `<p role="alert">${PROBLEMS[options.problem]}</p>\n`
  const hint = `<p>To get a new sign-in link, run this on the computer where the engine runs:</p>\n<p><code>npx virtdeck link</code></p>`
  if (!options.password) return buildPage('Sign in to Virtdeck', alert + hint)
  return buildPage(
    'Sign in to Virtdeck',
    `${alert}<form method="post" action="/sign-in">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" required autofocus>
<button type="submit">Sign in</button>
</form>`,
  )
}
