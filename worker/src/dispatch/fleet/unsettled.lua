-- Calls that hold a part of the budget though their leases are long over.
return redis.call('ZRANGE', UNSETTLED, '-inf', now - input.graceMs, 'BYSCORE', 'LIMIT', 0, 100)
