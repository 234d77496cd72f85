-- Has what was spent in the month read from the ledger again.
redis.call('HDEL', BUDGET, 'server')
