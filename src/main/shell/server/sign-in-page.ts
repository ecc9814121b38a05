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

function buildPage(language: Language, body: string): string {
  const { title } = TEXTS[language]
  return `<!doctype html>
<html lang="${language}">
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

const TEXTS = {
  en: {
    title: 'Sign in to Virtdeck',
    password: 'Password',
    signIn: 'Sign in',
    hint: 'To get a new sign-in link, run this on the computer where the engine runs:',
    'wrong-password': 'That is not the password. Try again.',
    'link-used': 'This sign-in link was used already or is too old.',
    'too-many': 'Too many attempts. Wait a little, then try again.',
    'no-storage':
      'This browser lets Virtdeck store nothing. Allow this address to store data (also in a private window), then sign in.',
  },
  ko: {
    title: 'Virtdeck 로그인',
    password: '암호',
    signIn: '로그인',
    hint: '새 로그인 링크를 받으려면 엔진이 실행 중인 컴퓨터에서 다음을 실행하세요:',
    'wrong-password': '암호가 올바르지 않습니다. 다시 시도하세요.',
    'link-used': '이 로그인 링크는 이미 사용되었거나 너무 오래되었습니다.',
    'too-many': '시도가 너무 많습니다. 잠시 기다린 뒤 다시 시도하세요.',
    'no-storage':
      '이 브라우저가 Virtdeck의 데이터 저장을 막고 있습니다. 이 주소의 데이터 저장을 허용한 뒤 로그인하세요.',
  },
} as const
type Language = keyof typeof TEXTS
const PROBLEMS = ['wrong-password', 'link-used', 'too-many', 'no-storage'] as const
export type SignInProblem = (typeof PROBLEMS)[number]

export function isSignInProblem(value: unknown): value is SignInProblem {
  return PROBLEMS.some((problem) => problem === value)
}

/** The language of this page for a browser that sends `acceptLanguage`: the first that it names decides. Pure. */
export function decidePageLanguage(acceptLanguage: string | undefined): Language {
  return /^\s*ko\b/i.test(acceptLanguage ?? '') ? 'ko' : 'en'
}

/** The page a browser without a session gets: a form where the server has a password, else how to get a link. */
export function buildSignInPage(options: {
  readonly password: boolean
  readonly problem: SignInProblem | null
  readonly language: Language
}): string {
  const { language } = options
  const texts = TEXTS[language]
  const alert = options.problem === null ? '' : `<p role="alert">${texts[options.problem]}</p>\n`
  const hint = `<p>${texts.hint}</p>\n<p><code>npx virtdeck link</code></p>`
  if (!options.password) return buildPage(language, alert + hint)
  return buildPage(
    language,
    `${alert}<form method="post" action="/sign-in">
<label for="password">${texts.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" required autofocus>
<button type="submit">${texts.signIn}</button>
</form>`,
  )
}
