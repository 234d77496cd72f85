-- Settles the reservation of a call that nobody released.
return settleBudget() and 1 or 0
