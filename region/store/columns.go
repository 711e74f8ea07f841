package store

import (
	"encoding/binary"

	"github.com/jackc/pgx/v5/pgtype"
)

// useColumns makes a connection, whose types m has, encode the slices that statements
// take as columns by columnCodec.
func useColumns(m *pgtype.Map) {
	for _, oid := range []uint32{pgtype.TextArrayOID, pgtype.Int8ArrayOID} {
		if t, ok := m.TypeForOID(oid); ok {
			if codec, ok := t.Codec.(*pgtype.ArrayCodec); ok {
				m.RegisterType(&pgtype.Type{Name: t.Name, OID: oid, Codec: columnCodec{codec}})
			}
		}
	}
}

// columnCodec encodes whole slices of texts and numbers. pgx's own codec, which it leaves
// everything else to, makes an object of each element first.
type columnCodec struct{ *pgtype.ArrayCodec }

// PlanEncode is part of pgtype.Codec.
func (c columnCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if format == pgtype.BinaryFormatCode {
		switch value.(type) {
		case []string, []*string:
			if c.ElementType.OID == pgtype.TextOID {
				return column{pgtype.TextOID}
			}
		case []int64, []uint64:
			if c.ElementType.OID == pgtype.Int8OID {
				return column{pgtype.Int8OID}
			}
		}
	}
	return c.ArrayCodec.PlanEncode(m, oid, format, value)
}

// column is the plan for slices with elements of one type.
type column struct{ element uint32 }

// Encode appends value as array_recv of Postgres reads it: the number of dimensions,
// whether there are nulls, the type, the length, the first index; then the elements,
// each after its length.
func (c column) Encode(value any, b []byte) ([]byte, error) {
	switch values := value.(type) {
	case []string:
		b = c.head(b, len(values), false)
		for _, v := range values {
			b = append(appendInt(b, len(v)), v...)
		}
	case []*string:
		b = c.head(b, len(values), true)
		for _, v := range values {
			if v == nil {
				b = appendInt(b, -1)
			} else {
				b = append(appendInt(b, len(*v)), *v...)
			}
		}
	case []int64:
		b = c.head(b, len(values), false)
		for _, v := range values {
			b = binary.BigEndian.AppendUint64(appendInt(b, 8), uint64(v))
		}
	case []uint64:
		b = c.head(b, len(values), false)
		for _, v := range values {
			b = binary.BigEndian.AppendUint64(appendInt(b, 8), v)
		}
	}
	return b, nil
}

func (c column) head(b []byte, length int, nulls bool) []byte {
	hasNulls := 0
	if nulls {
		hasNulls = 1
	}
	b = appendInt(appendInt(appendInt(b, 1), hasNulls), int(c.element))
	return appendInt(appendInt(b, length), 1)
}

func appendInt(b []byte, n int) []byte { return binary.BigEndian.AppendUint32(b, uint32(int32(n))) }
