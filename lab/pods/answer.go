package main

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
)

// The largest head or body that a request may ask for.
const largestAnswer = 1 << 20

// answerAs answers as its query says, as applications of all kinds do: `status`, headers (`header=Name:value`, repeated), `head`
// bytes of one more header, `body` bytes. `raw` is the whole answer in base64, as no sound server would send it.
func answerAs(response http.ResponseWriter, request *http.Request) {
	query := request.URL.Query()
	if raw := query.Get("raw"); raw != "" {
		answerRaw(response, raw)
		return
	}
	for _, line := range query["header"] {
		name, value, _ := strings.Cut(line, ":")
		response.Header().Add(name, strings.TrimSpace(value))
	}
	if head := size(query.Get("head")); head > 0 {
		response.Header().Set("X-Padding", strings.Repeat("a", head))
	}
	if status, err := strconv.Atoi(query.Get("status")); err == nil && status >= 200 && status < 600 {
		response.WriteHeader(status)
	}
	_, _ = response.Write([]byte(strings.Repeat("b", size(query.Get("body")))))
}

func size(text string) int {
	bytes, err := strconv.Atoi(text)
	if err != nil || bytes < 0 {
		return 0
	}
	return min(bytes, largestAnswer)
}

func answerRaw(response http.ResponseWriter, encoded string) {
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	hijacker, can := response.(http.Hijacker)
	if err != nil || !can {
		http.Error(response, "raw is not base64", http.StatusBadRequest)
		return
	}
	connection, _, err := hijacker.Hijack()
	if err != nil {
		return
	}
	defer connection.Close()
	_, _ = connection.Write(text)
}
