import { showBlanks } from '../i18n/index.ts'

/**
 * The name of something beside other words: blanks that nobody would see are visible, a name that is written from right to left
 * does not reorder its neighbours, and the tooltip has all of it where there is no room. `whole`: what the tooltip says instead.
 */
export function Name(props: { readonly children: string; readonly whole?: string; readonly className?: string }) {
  const shown = showBlanks(props.children)
  return (
    <bdi className={props.className} title={props.whole ?? shown}>
      {shown}
    </bdi>
  )
}
