import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from './fixture.ts'

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
