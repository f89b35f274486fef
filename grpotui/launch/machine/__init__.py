"""What this machine has: devices and who leases them, memory, processes, locks."""
