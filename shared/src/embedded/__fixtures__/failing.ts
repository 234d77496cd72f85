// Stands in for a process that cannot run at all.
console.log('no use');
process.exit(1);
