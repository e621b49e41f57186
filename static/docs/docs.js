'use strict'

const place = document.getElementById('api')

// The colours of the system, also when they change at dusk.
const dark = window.matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  deepLinking: true,
  persistAuthorization: true,
  displayRequestDuration: true,
  docExpansion: 'none',
  filter: true,
  showExtensions: true,
  // Nothing of this page leaves the machine, so the online validator is off.
  validatorUrl: null,
})
