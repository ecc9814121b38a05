/** Saves a file as the browser saves files. */
export function saveFile(content: Blob, fileName: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  // The browser has taken the URL when it began to load it; a moment is enough for that.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
