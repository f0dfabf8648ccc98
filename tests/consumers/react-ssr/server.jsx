import { mkdirSync, writeFileSync } from 'node:fs'
import { renderToString } from 'react-dom/server'
import { Page } from './page.tsx'

mkdirSync('public', { recursive: true })
writeFileSync('public/index.html', `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>React</title>
  <script type="module" src="client.js"></script>
</head>
<body><div id="root">${renderToString(<Page />)}</div></body>
</html>
`)
