'use strict'

const place = document.getElementById('api')

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
