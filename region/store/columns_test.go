package store

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgtype"
)

// A column is encoded byte for byte as pgx's own codec does it.
func TestColumnCodec_EncodesAsPgx(t *testing.T) {
	text, empty := "ü \x00?", ""
	own, pgxs := pgtype.NewMap(), pgtype.NewMap()
	useColumns(own)
	for _, c := range []struct {
		oid   uint32
		value any
	}{
		{pgtype.TextArrayOID, []string{"a", "", text}},
		{pgtype.TextArrayOID, []string{}},
		{pgtype.TextArrayOID, []*string{&text, nil, &empty}},
		{pgtype.Int8ArrayOID, []int64{0, -1, math.MaxInt64, math.MinInt64}},
		{pgtype.Int8ArrayOID, []uint64{0, 1, math.MaxInt64}},
		{pgtype.Int8ArrayOID, []int64{}},
	} {
		got, err := own.Encode(c.oid, pgtype.BinaryFormatCode, c.value, nil)
		if err != nil {
			t.Fatal(err)
		}
		want, err := pgxs.Encode(c.oid, pgtype.BinaryFormatCode, c.value, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%T %v (-pgx, +own):\n%s", c.value, c.value, diff)
		}
	}
}
