/*
 * Which character each key gives, by the keyboard layouts that QEMU knows (`keymap=` of a display, `-k`). Facts, read from
 * what QEMU 7.2 maps; the lab's test holds every one of them against QEMU itself.
 *
 * A layout is a row of keys in the order of `KEY_CODES`, which is that of a keymap. A key is what it gives alone, with Shift, with AltGr and with both;
 * `∅` stands for nothing. A dead key is the combining mark (U+0300–U+036F) of its accent.
 */

/** The keys by `KeyboardEvent.code`, and the number that each has on a PC keyboard (scan code set 1). */
export const KEY_CODES = [
  ...['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'].map((digit, index) => [`Digit${digit}`, 0x02 + index] as const),
  ['Minus', 0x0c],
  ['Equal', 0x0d],
  ...[...'QWERTYUIOP'].map((letter, index) => [`Key${letter}`, 0x10 + index] as const),
  ['BracketLeft', 0x1a],
  ['BracketRight', 0x1b],
  ...[...'ASDFGHJKL'].map((letter, index) => [`Key${letter}`, 0x1e + index] as const),
  ['Semicolon', 0x27],
  ['Quote', 0x28],
  ['Backquote', 0x29],
  ['Backslash', 0x2b],
  ...[...'ZXCVBNM'].map((letter, index) => [`Key${letter}`, 0x2c + index] as const),
  ['Comma', 0x33],
  ['Period', 0x34],
  ['Slash', 0x35],
  ['IntlBackslash', 0x56],
  ['IntlRo', 0x73],
  ['IntlYen', 0x7d],
] as const satisfies readonly (readonly [code: string, scancode: number])[]

/** Rows of keys by QEMU's name of the layout. */
export const LAYOUT_ROWS: Readonly<Record<string, string>> = {
  ar: '1!١ 2@٢ 3#٣ 4$٤ 5%٥‰ 6^٦ 7&٧ 8*٨ 9)٩ 0(٠ -_–‑ =+≠≈ ض\u064e∅\u2066 ص\u064b∅\u2067 ث\u064f∅\u2068 ق\u064c∅\u2069 فﻹڤ غإ∅\u202a ع`∅\u202b ه÷∅\u202c خ× ح؛∅\u200e ج<چ\u200f د>∅\u061c ش\u0650 س\u064d ي] ب[پ لﻷ اأٱ تـ ن،٫ م/ ك:گ ط"⟩\u200d ذ\u0651٪؉ \\…⟨\u202f ئ~»› ء\u0652«‹ ؤ} ر{ ﻻﻵ ىآ\u0670 ة\' و,٬ ز.ژ ظ؟٭\u200c |¦',
  bepo: '=1 /2± -3¼ è4½ \\5¾ \u03026 (7 ∅8` )9 "0 [+ ]% :?æÆ \'<$ é>É gG€ .!° hH vV cCçÇ mMµ kK zZ \u0308& oOòÒ aAàÀ uUùÙ eEèÈ bB fF sS« tT nN» dD wW _* ~# ;|œŒ qQ{ ,@} iIìÌ yY£ xX rRº lL pP§ jJ àçÀÇ',
  cz: "+1!\u0303 ě2@\u030c š3#\u0302 č4$\u0306 ř5%\u030a ž6^\u0328 ý7&\u0300 á8*\u0307 í9{\u0301 é0}\u030b =%\\\u0308 \u0301\u030c\u0304\u0327 qQ\\Ω wW|Ł eE€ rR¶® tTŧŦ zZ←¥ uU↓↑ iI→ı oOøØ pPþÞ ú/[÷ )(]× aA~Æ sSđ§ dDĐÐ fF[ª gG]Ŋ hH`Ħ jJ'\u031b kKł& lLŁ ů\"$\u030b §!'ß ;\u030a`~ \u0308'\\| yY°< xX#> cC&© vV@‘ bB{’ nN} mM^º ,?<× .:>÷ -_*\u0307 \\|/¦",
  da: '1!¡¹ 2"@² 3#£³ 4¤$¼ 5%½¢ 6&¥⅝ 7/{÷ 8([« 9)]» 0=}° +?±¿ \u0301\u0300|¦ qQ@Ω wWłŁ eE€¢ rR® tTþÞ yY←¥ uU↓↑ iI→ı oOœŒ pPþÞ åÅ\u0308\u030a \u0308\u0302\u0303\u030c aAªº sSß§ dDðÐ fFđª gGŋŊ hHħĦ jJ\u0309\u031b kKĸ& lLłŁ æÆ\u0301\u030b øØ\u0302\u030c ½§¾¶ \'*\u030b× zZ«< xX»> cC© vV“‘ bB”’ nN mMµº ,;\u0327\u0328 .:·\u0307 -_\u0323\u0307 <>\\¬',
  de: '1!¹¡ 2"²⅛ 3§³£ 4$¼¤ 5%½⅜ 6&¬⅝ 7/{⅞ 8([™ 9)]± 0=}° ß?\\¿ ´`¸ qQ@Ω wWłŁ eE€ rR¶® tTŧŦ zZ←¥ uU↓↑ iI→ı oOøØ pPþÞ üÜ¨ +*~¯ aAæÆ sSſẞ dDðÐ fFđª gGŋŊ hHħĦ jJ\u0323\u0307 kKĸ& lLłŁ öÖ˝ äÄ^ ^°¬ #\'’` yY»› xX«‹ cC¢© vV„‚ bB“‘ nN”’ mMµº ,;·× .:…÷ -_–— <>|\u0331',
  'de-ch':
    '1+|¡ 2"@⅛ 3*#£ 4ç¼$ 5%½⅜ 6&¬⅝ 7/|⅞ 8(¢™ 9)]± 0=}° \'?\u0301¿ \u0302\u0300\u0303\u0328 qQ@Ω wWłŁ eE€ rR¶® tTŧŦ zZ←¥ uU↓↑ iI→ı oOœŒ pPþÞ üè[\u030a \u0308!]\u0304 aAæÆ sSß§ dDðÐ fFđª gGŋŊ hHħĦ jJ\u0309\u031b kKĸ& lLłŁ öé\u0301\u030b äà{\u030c §°¬ $£}\u0306 yY«< xX»> cC¢© vV“‘ bB”’ nN mMµº ,;─× .:·÷ -_\u0323\u0307 <>\\¦',
  'en-gb':
    '1!¹¡ 2"²⅛ 3£³ 4$€¼ 5%½⅜ 6^¾⅝ 7&{⅞ 8*[™ 9(]± 0)}° -_\\¿ =+\u0327\u0328 qQ@Ω wWłŁ eE rR¶® tTŧŦ yY←¥ uU↓↑ iI→ı oOøØ pPþÞ [{\u0308\u030a ]}\u0303\u0304 aAæÆ sSß§ dDðÐ fFđª gGŋŊ hHħĦ jJ\u0309\u031b kKĸ& lLłŁ ;:\u0301\u030b \'@\u0302\u030c `¬| #~\u0300\u0306 zZ«< xX»> cC¢© vV“‘ bB”’ nN mMµº ,<─× .>·÷ /?\u0323\u0307 \\||¦',
  'en-us':
    '1! 2@ 3# 4$ 5% 6^ 7& 8* 9( 0) -_ =+ qQ wW eE rR tT yY uU iI oO pP [{ ]} aA sS dD fF gG hH jJ kK lL ;: \'" `~ \\| zZ xX cC vV bB nN mM ,< .> /? <>|¦',
  es: '1!|¡ 2"@⅛ 3·#£ 4$~ 5%½⅜ 6&¬⅝ 7/{⅞ 8([™ 9)]± 0=}° \'?\\¿ ¡¿\u0303~ qQ@Ω wWłŁ eE€¢ rR¶® tTŧŦ yY←¥ uU↓↑ iI→ı oOøØ pPþÞ \u0300\u0302[\u030a +*]\u0304 aAæÆ sSß§ dDðÐ fFđª gGŋŊ hHħĦ jJ\u0309\u031b kKĸ& lLłŁ ñÑ~\u030b \u0301\u0308{ ºª\\ çÇ}\u0306 zZ«< xX»> cC¢© vV“‘ bB”’ nN mMµº ,;─× .:·÷ -_\u0323\u0307 <>|¦',
  et: '፩፲ ፪፳ ፫፴ ፬፵ ፭፶ ፮፷ ፯፸ ፰፹ ፱፺ ፻፼ -_ =+ ቀቐ ወ ﹩ﹰ ረ ተጠ የ ∅ﹶ ﹱﹲ ﹳﹴ ፐጰ ፀጸ ጨኀ ∅﹨ ሰሠ ደዸ ፈ ገጘ ሀሐ ጀ ከኸ ለ ።፡ ፦፥ ∅ ∅‐ ዘዠ አዐ ቸﹸ ሸቨ በ ነኘ መ ፣ ፤ ፧? <>|¦',
  fi: '1!∅¡ 2"@” 3#£» 4¤$« 5%‰“ 6&‚„ 7/{ 8([< 9)]> 0=}° +?\\¿ \u0301\u0300\u0327\u0328 qQ wW eE€ rR tTþÞ yY uU iIı| oOœŒ pP\u031b\u0309 åÅ\u030b\u030a \u0308\u0302\u0303\u0304 aAəƏ sSß dDðÐ fF gG hH jJ kKĸ lL\u0335 öÖøØ äÄæÆ §½\u0335 \'*\u030c\u0306 zZʒƷ xX×· cC vV bB nNŋŊ mMµ— ,;’‘ .:\u0323\u0307 -_–\u0326 <>|¦',
  fo: '1!¡¹ 2"@² 3#£³ 4¤$¼ 5%½¢ 6&¥⅝ 7/{÷ 8([« 9)]» 0=}° +?±¿ \u0301\u0300|¦ qQ@Ω wWłŁ eE€¢ rR® tTþÞ yY←¥ uU↓↑ iI→ı oOœŒ pPþÞ åÅ\u0308\u0302 ðÐ\u0303\u030c aAªº sSß§ dDðÐ fFđª gGŋŊ hHħĦ jJ\u0309\u031b kKĸ& lLłŁ æÆ\u0301\u030b øØ\u0302\u030c ½§¾¶ \'*\u030b× zZ«< xX»> cC© vV“‘ bB”’ nN mMµº ,;\u0327\u0328 .:·\u0307 -_\u00ad¯ <>\\¬',
  fr: '&1¹¡ é2~⅛ "3#£ \'4{$ (5[⅜ -6|⅝ è7`⅞ _8\\™ ç9^± à0@° )°]¿ =+}˛ aAæÆ zZ«< eE€¢ rR¶® tTŧŦ yY←¥ uU↓↑ iI→ı oOøØ pPþÞ ^¨\u0308\u030a $£¤¯ qQ@Ω sSß§ dDðÐ fFđª gGŋŊ hHħĦ jJ\u0309\u031b kKĸ& lLłŁ mMµº ù%^ˇ ²~¬ *µ`˘ wWłŁ xX»> cC¢© vV“‘ bB”’ nN ,?´˝ ;.─× :/·÷ !§\u0323˙ <>|¦',
  'fr-be':
    '&1|¡ é2@⅛ "3#£ \'4¼$ (5½⅜ §6^⅝ è7{⅞ !8[™ ç9{± à0}° )°\\¿ -_\u0327\u0328 aA@Ω zZłŁ eE€¢ rR¶® tTŧŦ yY←¥ uU↓↑ iI→ı oOœŒ pPþÞ \u0302\u0308[\u030a $*]\u0304 qQæÆ sSß§ dDðÐ fFđª gGŋŊ hHħĦ jJ\u0309\u031b kKĸ& lLłŁ mM\u0301\u030b ù%\u0301\u030c ²³¬ µ£\u0300\u0306 wW«< xX»> cC¢© vV“‘ bB”’ nN ,?\u0327º ;.─× :/·÷ =+\u0303\u0307 <>\\',
  'fr-ca':
    '1!± 2"@ 3/£ 4$¢ 5%¤ 6?¬ 7&¦ 8*² 9(³ 0)¼ -_½ =+¾ qQ wW eE rR tT yY uU iI oO§ pP¶ \u0302∅[ \u0327\u0308] aA sS dD fF gG hH jJ kK lL ;:~ \u0300∅{ #|\\ <>} zZ xX cC vV bB nN mMµ ,\'¯ .∅\u00ad éÉ\u0301 «»°¦',
  'fr-ch':
    '1+|¡ 2"@⅛ 3*#£ 4ç¼$ 5%½⅜ 6&¬⅝ 7/|⅞ 8(¢™ 9)]± 0=}° \'?\u0301¿ \u0302\u0300\u0303\u0328 qQ@Ω wWłŁ eE€ rR¶® tTŧŦ zZ←¥ uU↓↑ iI→ı oOœŒ pPþÞ èü[\u030a \u0308!]\u0304 aAæÆ sSß§ dDðÐ fFđª gGŋŊ hHħĦ jJ\u0309\u031b kKĸ& lLłŁ éö\u0301\u030b àä{\u030c §°¬ $£}\u0306 yY«< xX»> cC¢© vV“‘ bB”’ nN mMµº ,;─× .:·÷ -_\u0323\u0307 <>\\¦',
  hr: "1!~\u0303 2\"\u030cˇ 3#^\u0302 4$\u0306˘ 5%°\u030a 6&\u0328˛ 7/`\u0300 8(\u0307˙ 9)\u0301' 0=\u030b˝ '?\u0308¨ +*\u0327¸ qQ\\Ω wW|Ł eE€ rR¶® tTŧŦ zZ←¥ uU↓↑ iI→ı oOøØ pPþÞ šŠ÷\u030a đĐ×\u0304 aAæÆ sS„» dD“« fF[ª gG]Ŋ hHħĦ jJ\u0309\u031b kKł& lLłŁ čČ\u0301\u030b ćĆß\u030c `~¬ žŽ¤\u0306 yY‘» xX’« cC¢© vV@` bB{' nN} mM^º ,;<× .:>÷ -_\u0323\u0307 <>|¦",
  hu: '1\'~\u0303 2"\u030cˇ 3+^\u0302 4!\u0306˘ 5%\u030a° 6/\u0328˛ 7=`\u0300 8(\u0307˙ 9)\u0301´ öÖ\u030b˝ üÜ\u0308¨ óÓ\u0327¸ qQ\\Ω wW|Ł eEÄ rR¶® tTŧŦ zZ–¥ uU€↑ iIÍí oO„Ø pP”Þ őŐ÷\u030a úÚ×\u0304 aAäÄ sSđ§ dDĐÐ fF[ª gG]Ŋ hHħĦ jJíÍ kKł& lLŁ éÉ$¢ áÁß\u030c 0§¬ űŰ¤\u0306 yY>< xX#> cC&© vV@‘ bB{’ nN} mM<º ,?;× .:>÷ -_*\u0307 íÍ<>',
  is: '1!¹¡ 2"²⅛ 3#³£ 4$¼¤ 5%½⅜ 6&¬⅝ 7/{⅞ 8([™ 9)]± 0=}° öÖ\\¿ -_\u0327\u0328 qQ@Ω wWłŁ eE€¢ rR¶® tTŧŦ yY←¥ uU↓↑ iI→ı oOøØ pPþÞ ðÐ\u0308\u030a \'?~\u0304 aAæÆ sSß§ dD„“ fFđª gGŋŊ hHħĦ jJ\u0309\u031b kKĸ& lLłŁ æÆ^\u030b \u0301∅\u0302\u030c \u030a\u0308¬\u00ad +*`\u0306 zZ«< xX»> cC¢© vV“‘ bB”’ nN mMµº ,;─× .:·÷ þÞ\u0323\u0307 <>|¦',
  it: '1!¹¡ 2"²\u030b 3£³\u0303 4$¼⅛ 5%½⅜ 6&¬⅝ 7/{⅞ 8([™ 9)]± 0=}\u0328 \'?`¿ ì^~\u0302 qQ@Ω wWłŁ eE€¢ rR¶® tTŧŦ yY←¥ uU↓↑ iI→ı oOøØ pPþÞ èé[{ +*]} aAæÆ sSß§ dDðÐ fFđª gGŋŊ hHħĦ jJ\u0309\u031b kKĸ& lLłŁ òç@\u0327 à°#\u030a \\|¬¦ ù§\u0300\u0306 zZ«< xX»> cC¢© vV“‘ bB”’ nNñÑ mMµº ,;\u0301× .:·\u0308 -_\u0304÷ <>«»',
  ja: '1! 2" 3# 4$ 5% 6& 7\' 8( 9) 0~ -= ^~ qQ wW eE rR tT yY uU iI oO pP @` [{ aA sS dD fF gG hH jJ kK lL ;+ :* ∅ ]} zZ xX cC vV bB nN mM ,< .> /? <>|¦ \\_ \\|',
  lt: 'ąĄ1! čČ2@ ęĘ3# ėĖ4$ įĮ5% šŠ6^ ųŲ7& ūŪ8* „(9 “)0 -_–¿ žŽ=+ qQ@Ω wWłŁ eE€ rR¶® tTŧŦ yY←¥ uU↓↑ iI→ı oOøØ pPþÞ [{\u0308\u030a ]}\u0303\u0304 aAæÆ sSß§ dDðÐ fFđª gGŋŊ hHħĦ jJ\u0309\u031b kKĸ& lLłŁ ;:\u0301\u030b \'"\u0302\u030c `~´¬ \\|\u0300\u0306 zZ«< xX»> cC¢© vV“‘ bB”’ nN mMµº ,<─× .>·÷ /?\u0323\u0307 –€|¦',
  lv: '1!¹¡ 2@²⅛ 3#³£ 4$€¢ 5%½⅜ 6^¾⅝ 7&{⅞ 8*[™ 9(]± 0)}° -_\\¿ =+–— qQ wW eEēĒ rRŗŖ tT yY uUūŪ iIīĪ oOōŌ pP [{«“ ]}»” aAāĀ sSšŠ dD fF gGģĢ hH jJ kKķĶ lLļĻ ;: \'"“„ `~´ \\|`˘ zZžŽ xX cCčČ vV bB nNņŅ mM ,<─× .>·÷ /?∅˙ <>|¦',
  mk: '1! 2„ 3“ 4$ 5% 6^ 7& 8* 9( 0) -_ =+ љЉ њЊ еЕ рР тТ ѕЅ уУ иИ оО пП шШ ѓЃ аА сС дД фФ гГ хХ јЈ кК лЛ чЧ ќЌ \u0300~ жЖ зЗ џЏ цЦ вВ бБ нН мМ ,; .: /? <>|¦',
  nl: "1!¹¡ 2\"²⅛ 3#³£ 4$¼ 5%½⅜ 6&¾⅝ 7_£⅞ 8({[ 9)}] 0'°™ /?\\¿ °\u0303\u0327\u0328 qQ@Ω wWłŁ eE€¢ rR¶® tTþÞ yYÿ¥ uUüÜ iIïÏ oOòÒ pP¶Þ \u0308\u0302~^ *|\u0303\u0304 aAáÁ sSß§ dDðÐ fFª gGŋŊ hHħĦ jJ\u0309\u031b kKĸ& lLłŁ +±\u0301\u030b \u0301\u0300'` @§¬ <>\u0300\u0306 zZ«< xX»> cC¢© vV“‘ bB”’ nNñÑ mMμº ,;¸« .:·» -=\u00ad\u0307 ][|¦",
  no: '1!¡¹ 2"@² 3#£³ 4¤$¼ 5%½‰ 6&¥⅝ 7/{÷ 8([« 9)]» 0=}° +?±¿ \\\u0300\u0301¬ qQ@Ω wWłŁ eE€¢ rR®™ tTþÞ yY←¥ uU↓↑ iI→ı oOœŒ pPπΠ åÅ\u0308\u030a \u0308\u0302\u0303\u030c aAªº sSß§ dDðÐ fFđª gGŋŊ hHħĦ jJ\u0309\u031b kKĸ& lLłŁ øØ\u0301\u030b æÆ\u0302\u030c |§¦¶ \'*\u030b× zZ«< xX»> cC© vV“‘ bB”’ nN mMµº ,;\u0327\u0328 .:…· -_–— <>½¾',
  pl: '1!≠¡ 2@²¿ 3#³£ 4$¢¼ 5%€‰ 6^½∧ 7&§≈ 8*·¾ 9(«± 0)»° -_–— =+\u0327\u0328 qQπΩ wWœŒ eEęĘ rR©® tTß™ yY←¥ uU↓↑ iI→↔ oOóÓ pPþÞ [{\u0308\u030a ]}\u0303\u0304 aAąĄ sSśŚ dDðÐ fFæÆ gGŋŊ hH’• jJəƏ kK…\u0335 lLłŁ ;:\u0301\u030b \'"\u0302\u030c `~¬∨ \\|\u0300\u0306 zZżŻ xXźŹ cCćĆ vV„‘ bB”“ nNńŃ mMµ∞ ,<≤× .>≥÷ /?\u0323\u0307 <>|¦',
  pt: '1!¹¡ 2"@⅛ 3#£ 4$§ 5%½⅜ 6&¬⅝ 7/{⅞ 8([™ 9)]± 0=}° \'?\\¿ «»\u0327\u0328 qQ@Ω wWłŁ eE€¢ rR¶® tTŧŦ yY←¥ uU↓↑ iI→ı oOøØ pPþÞ +*\u0308\u030a \u0301\u0300\u0303\u0304 aAæÆ sSß§ dDðÐ fFđª gGŋŊ hHħĦ jJ\u0309\u031b kKĸ& lLłŁ çÇ\u0301\u030b ºª\u0302\u030c \\|¬ \u0303\u0302\u0300\u0306 zZ«< xX»> cC¢© vV“‘ bB”’ nN mMµº ,;─× .:·÷ -_\u0323\u0307 <>\\',
  'pt-br':
    '1!¹¡ 2@²½ 3#³¾ 4$£¼ 5%¢⅜ 6\u0308¬¨ 7&{⅞ 8*[™ 9(]± 0)}° -_\\¿ =+§\u0328 qQ/ wW? eE€ rR® tTŧŦ yY←¥ uU↓↑ iI→ı oOøØ pPþÞ \u0301\u0300´` [{ª\u0304 aAæÆ sSß§ dDðÐ fFđª gGŋŊ hHħĦ jJ\u0309\u031b kKĸ& lLłŁ çÇ\u0301\u030b \u0303\u0302~^ \'"¬ ]}º zZ«< xX»> cC© vV“‘ bB”’ nN mMµ ,<─× .>·÷ ;:\u0323\u0307 \\|º\u0306 /?°¿',
  ru: '1! 2" 3№ 4; 5% 6: 7? 8*₽ 9( 0) -_ =+ йЙ цЦ уУ кК еЕ нН гГ шШ щЩ зЗ хХ ъЪ фФ ыЫ вВ аА пП рР оО лЛ дД жЖ эЭ ёЁ \\/ яЯ чЧ сС мМ иИ тТ ьЬ бБ юЮ ., /||¦',
  sl: '1!~\u0303 2"\u030cˇ 3#^\u0302 4$\u0306˘ 5%°\u030a 6&\u0328˛ 7/`\u0300 8(\u0307˙ 9)\u0301 0=\u030b˝ \'?\u0308¨ +*\u0327¸ qQ\\Ω wW∅Ł eE€ rR¶® tTŧŦ yY←¥ uU↓↑ iI→ı oOøØ pPþÞ šŠ÷ đĐ×\u0304 aAæÆ sSß§ dDðÐ fF[ª gG]Ŋ hHħĦ jJ kKł lLŁ čČ ćĆß \u0327∅¬ žŽ¤ zZ« xX» cC¢© vV@ bB{ nN} mM§º ,;─ .:· -_\u0323 <>|¦',
  sv: '1! 2"@ 3#£ 4¤$ 5% 6& 7/{ 8([ 9)] 0=} +?\\ ´` qQ wW eE€ rR tT yY uU iI oO pP åÅ \u0308\u0302\u0303 aA sS dD fF gG hH jJ kK lL öÖ äÄ §½ \'* zZ xX cC vV bB nN mMµ ,; .: -_ <>|¦',
  th: 'ๅ+ /๑ -๒ ภ๓ ถ๔ \u0e38\u0e39 \u0e36฿ ค๕ ต๖ จ๗ ข๘ ช๙ ๆ๐ ไ" ำฎ พฑ ะธ \u0e31\u0e4d \u0e35\u0e4a รณ นฯ ยญ บฐ ล, ฟฤ หฆ กฏ ดโ เฌ \u0e49\u0e47 \u0e48\u0e4b าษ สศ วซ ง. _% ฃฅ ผ( ป) แฉ อฮ \u0e34\u0e3a \u0e37\u0e4c ท? มฒ ใฬ ฝฦ <>|¦',
  tr: "1!>¡ 2'£² 3^#³ 4+$¼ 5%½⅜ 6&¾ 7/{ 8([ 9)]± 0=}° *?\\¿ -_| qQ@Ω wW eE€ rR¶® tT₺ yY←¥ uUûÛ ıIîÎ oOôÔ pP ğĞ\u0308\u030a üÜ~\u0304 aAâÂ sS§ dD fFª gG hH jJ\u0309\u031b kK lL şŞ´\u0301 iİ'\u030c \"é<° ,;`\u0300 zZ«< xX»> cC¢© vV“‘ bB”’ nN mMµº öÖ× çÇ·÷ .:\u0307 <>|¦",
}
