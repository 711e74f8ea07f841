package stream

// Size is what the stream takes on the disk, in bytes; zero while JetStream does not run.
func (s *Server) Size() int64 {
	info, err := s.nats.Jsz(nil)
	if err != nil {
		return 0
	}
	return int64(info.Store) //nolint:gosec // below the stream's limit
}
