/** Import it first, before anything that reads the settings. */
process.env.GRAFANA_METRICS_ENABLE = 'true'
