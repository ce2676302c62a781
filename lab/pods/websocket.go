package main

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// The part of RFC 6455 that an echo needs: the handshake (section 4.2.2), frames (5.2), ping and close (5.5).
const (
	handshakeGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
	opClose       = 0x8
	opPing        = 0x9
	opPong        = 0xA
	largestFrame  = 1 << 20
)

var errBadFrame = errors.New("a client's frame must be masked and at most 1 MiB long")

type frame struct {
	first   byte // FIN, reserved bits and opcode as they came
	payload []byte
}

func (f frame) opcode() byte { return f.first & 0x0f }

func isWebSocket(request *http.Request) bool {
	return strings.EqualFold(request.Header.Get("Upgrade"), "websocket") &&
		strings.Contains(strings.ToLower(request.Header.Get("Connection")), "upgrade")
}

// echo answers the handshake and sends every data frame back until the client closes.
func echo(response http.ResponseWriter, request *http.Request) {
	key := request.Header.Get("Sec-WebSocket-Key")
	hijacker, able := response.(http.Hijacker)
	if key == "" || !able {
		http.Error(response, "an upgrade to websocket needs HTTP/1.1 and the header Sec-WebSocket-Key", http.StatusBadRequest)
		return
	}
	connection, stream, err := hijacker.Hijack()
	if err != nil {
		return
	}
	defer connection.Close()
	digest := sha1.Sum([]byte(key + handshakeGUID))
	fmt.Fprintf(stream, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(digest[:]))
	for stream.Flush() == nil {
		received, err := readFrame(stream.Reader)
		if err != nil {
			return
		}
		switch received.opcode() {
		case opPong:
			continue
		case opPing:
			received.first = 0x80 | opPong
		}
		writeFrame(stream.Writer, received)
		if received.opcode() == opClose {
			_ = stream.Flush()
			return
		}
	}
}

func readFrame(reader *bufio.Reader) (frame, error) {
	var head [2]byte
	if _, err := io.ReadFull(reader, head[:]); err != nil {
		return frame{}, err
	}
	length, err := readLength(reader, head[1]&0x7f)
	if err != nil {
		return frame{}, err
	}
	if head[1]&0x80 == 0 || length > largestFrame {
		return frame{}, errBadFrame
	}
	var mask [4]byte
	if _, err := io.ReadFull(reader, mask[:]); err != nil {
		return frame{}, err
	}
	payload := make([]byte, length)
	if _, err := io.ReadFull(reader, payload); err != nil {
		return frame{}, err
	}
	for i := range payload {
		payload[i] ^= mask[i%4]
	}
	return frame{first: head[0], payload: payload}, nil
}

func readLength(reader io.Reader, short byte) (uint64, error) {
	switch short {
	case 126:
		var length uint16
		err := binary.Read(reader, binary.BigEndian, &length)
		return uint64(length), err
	case 127:
		var length uint64
		err := binary.Read(reader, binary.BigEndian, &length)
		return length, err
	default:
		return uint64(short), nil
	}
}

// writeFrame sends unmasked, as a server must.
func writeFrame(writer *bufio.Writer, sent frame) {
	head := []byte{sent.first}
	switch length := len(sent.payload); {
	case length < 126:
		head = append(head, byte(length))
	case length <= 0xffff:
		head = binary.BigEndian.AppendUint16(append(head, 126), uint16(length))
	default:
		head = binary.BigEndian.AppendUint64(append(head, 127), uint64(length))
	}
	_, _ = writer.Write(head)
	_, _ = writer.Write(sent.payload)
}
