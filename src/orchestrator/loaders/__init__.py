"""Every way to get bars, behind one Protocol: `orchestrator.loaders.base.BarLoader`."""
