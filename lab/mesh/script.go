package mesh

import (
	"fmt"
	"strings"
)

// script is one transaction for pgbench. Its statements get their values from the
// variables in the order of their names.
func script(l Load) string {
	var draws, rows []string
	for i := range l.Rows {
		draws = append(draws,
			fmt.Sprintf(`\set k%d random_zipfian(1, %d, %g)`, i, l.Keys, l.Zipf),
			fmt.Sprintf(`\set v%d random(0, 999999999)`, i))
		rows = append(rows, fmt.Sprintf("(:k%d, :v%d)", i, i))
	}
	statement := strings.NewReplacer("$1", ":k0", "$2", ":v0").Replace(upsert)
	if l.Rows > 1 {
		statement = several(rows)
	}
	return strings.Join(draws, "\n") + "\n" + statement + ";\n"
}

// several upserts many rows by one statement, the cheapest way. It may not have a key
// twice, and has them in order, so that transactions, and what applies those of other
// nodes, do not wait for each other in circles.
func several(rows []string) string {
	return `INSERT INTO profile (key, value) ` +
		`SELECT DISTINCT ON (key) key, value FROM (VALUES ` + strings.Join(rows, ", ") + `) AS row (key, value) ORDER BY key ` +
		`ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value`
}
