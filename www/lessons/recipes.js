/**
 * How the figures and the lesson are put on other people's pages: the code, with a site's address in it. The page for
 * teachers shows it (teachers.js), and tests/browser/hosts.spec.js runs the very same text in a browser.
 */

/** @typedef {import('../lib/i18n.js').Language} Language */
/** `file`: where the code goes, or what it is. @typedef {{file: string, code: string}} Block */
/** @typedef {ReturnType<typeof recipesFor>} Recipes */

/** What the recipes were tried in; held to the versions that the tests install. */
export const TRIED = { react19: '19.2.9', react18: '18.3.1', vue: '3.5.45', reveal: '6.0.2', ipython: '9.18.1' }

/** Apart, so that nobody who reads this file's imports takes those of a recipe for them. @param {string} name @returns {string} */
const from = name => `from '${name}'`

/**
 * @param {string} site the address of its folder, with a closing slash
 * @param {Language} lang
 */
export function recipesFor(site, lang) {
  const script = `<script type="module" src="${site}elements/fcn-upsample.js"></script>`
  const figure = `<fcn-upsample preset="stride2" step="4" lang="${lang}"></fcn-upsample>`
  const address = `${site}embed.html?element=upsample&preset=stride2&step=4&lang=${lang}`
  const markup = `${script}\n${figure}`
  return /** @satisfies {Record<string, readonly Block[]>} */ ({
    html: [{ file: 'index.html', code: markup }],
    iframe: [{ file: 'index.html', code: `<iframe id="stride" src="${address}"
  title="Transposed convolution" width="100%" height="700"></iframe>
<script>
  addEventListener('message', ({ source, data }) => {
    const frame = document.getElementById('stride')
    if (source === frame.contentWindow && data?.type === 'fcn-resize') frame.height = data.height
  })
</script>` }],
    host: [{ file: 'URL', code: address }],
    reveal: [
      { file: 'slides', code: `<section>
  <fcn-upsample preset="stride2" step="4" lang="${lang}" data-prevent-swipe></fcn-upsample>
</section>` },
      { file: 'style', code: `<style>
  /* What a slide has no room for. */
  fcn-upsample::part(settings), fcn-upsample::part(photo), fcn-upsample::part(learn), fcn-upsample::part(share) { display: none; }
</style>` },
      { file: 'script', code: `${script}
<script>
  // Keys pressed in a figure are the figure's, not the slides'.
  Reveal.initialize({ width: 1200, height: 860, keyboardCondition: ({ target }) => !target.localName?.startsWith('fcn-') })
</script>` },
    ],
    jupyter: [
      { file: 'IFrame', code: `from IPython.display import IFrame

IFrame("${address}", width="100%", height=700)` },
      { file: 'HTML', code: `from IPython.display import HTML

HTML('''${markup}''')` },
    ],
    quarto: [{ file: 'lesson.qmd', code: `\`\`\`{=html}\n${markup}\n\`\`\`` }],
    react19: [
      { file: 'index.html', code: script },
      { file: 'Stride.jsx', code: `import { useState } ${from('react')}

const INPUT = [[1, 2], [3, 4]]

export function Stride() {
  const [step, setStep] = useState(0)
  return <>
    <fcn-upsample input={INPUT} stride={2} lang="${lang}" onfcn-step={event => setStep(event.detail.step)} />
    <p>Step {step}</p>
  </>
}` },
    ],
    react18: [
      { file: 'index.html', code: script },
      { file: 'Stride.jsx', code: `import { useEffect, useRef, useState } ${from('react')}

export function Stride() {
  const figure = useRef(null)
  const [step, setStep] = useState(0)
  useEffect(() => {
    const element = figure.current
    const heard = event => setStep(event.detail.step)
    element.input = [[1, 2], [3, 4]]
    element.addEventListener('fcn-step', heard)
    return () => element.removeEventListener('fcn-step', heard)
  }, [])
  return <>
    <fcn-upsample ref={figure} stride={2} lang="${lang}" />
    <p>Step {step}</p>
  </>
}` },
    ],
    vue: [
      { file: 'index.html', code: script },
      { file: 'vite.config.js', code: `import vue ${from('@vitejs/plugin-vue')}

const isCustomElement = tag => tag.startsWith('fcn-')

export default { plugins: [vue({ template: { compilerOptions: { isCustomElement } } })] }` },
      { file: 'Stride.vue', code: `<script setup>
import { ref } ${from('vue')}

const input = [[1, 2], [3, 4]]
const step = ref(0)
</script>

<template>
  <fcn-upsample :input.prop="input" :stride="2" lang="${lang}" @fcn-step="step = $event.detail.step" />
  <p>Step {{ step }}</p>
</template>` },
    ],
    docusaurus: [
      { file: 'docusaurus.config.js', code: `export default {
  // …
  scripts: [{ src: '${site}elements/fcn-upsample.js', type: 'module' }],
}` },
      { file: 'docs/stride.mdx', code: figure },
    ],
  })
}
