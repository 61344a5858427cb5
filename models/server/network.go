package server

import "github.com/headroom-sim/headroom/models/traffic"

// receivedRequest counts the bytes of an attempt that has come in on a connection.
func (s *Server) receivedRequest(a *traffic.Attempt) {
	if s.image.requestBytes != nil && !a.Probe {
		s.netIn += s.image.requestBytes[a.Route]
	}
}

// sentRequest counts the bytes of an attempt that is passed on.
func (s *Server) sentRequest(a *traffic.Attempt) {
	if s.image.requestBytes != nil {
		s.netOut += s.image.requestBytes[a.Route]
	}
}

// receivedResponse counts the bytes of a good answer to a call.
func (s *Server) receivedResponse(a *traffic.Attempt) {
	if s.image.responseBytes != nil {
		s.netIn += s.image.responseBytes[a.Route]
	}
}

// sentResponse counts the bytes of a good answer.
func (s *Server) sentResponse(a *traffic.Attempt) {
	if s.image.responseBytes != nil && !a.Probe {
		s.netOut += s.image.responseBytes[a.Route]
	}
}
