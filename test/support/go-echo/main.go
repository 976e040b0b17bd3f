// Go's net/http as a reader of requests: says what it understood as a line of JSON. The differential
// test compares it with Weft's parser. It prints its port first, and ends with its input.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
)

type request struct {
	Method string `json:"method"`
	Target string `json:"target"`
	Host   string `json:"host"`
	// Flat, name then value.
	Headers []string `json:"headers"`
	Body    string   `json:"body"`
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	server := &http.Server{
		Handler:  http.HandlerFunc(answer),
		ErrorLog: log.New(io.Discard, "", 0),
	}
	log.Fatal(server.Serve(listener))
}

func answer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	headers := []string{}
	for name, values := range r.Header {
		for _, value := range values {
			headers = append(headers, latin1(name), latin1(value))
		}
	}
	text, _ := json.Marshal(request{
		r.Method, latin1(r.RequestURI), latin1(r.Host), headers, latin1(string(body)),
	})
	w.Header().Set("content-type", "application/json")
	w.Header().Set("content-length", strconv.Itoa(len(text)))
	_, _ = w.Write(text)
}

// JSON is Unicode: each byte becomes the character of the same number.
func latin1(text string) string {
	runes := make([]rune, len(text))
	for i := range len(text) {
		runes[i] = rune(text[i])
	}
	return string(runes)
}
