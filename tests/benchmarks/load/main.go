// Program load calls a method from many goroutines and prints the calls a second, or serves a constant answer to it.
//
//	load serve FILE                       answers every call with the bytes of FILE; prints its address
//	load call ADDRESS METHOD FILE SECONDS calls METHOD with the bytes of FILE from 20 callers
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

const callers = 20

// raw hands bytes through as they are.
type raw struct{}

func (raw) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }
func (raw) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append([]byte(nil), data...)
	return nil
}
func (raw) Name() string { return "proto" }

func serve(answer []byte) {
	handle := func(_ any, stream grpc.ServerStream) error {
		var request []byte
		if err := stream.RecvMsg(&request); err != nil {
			return err
		}
		return stream.SendMsg(&answer)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require(err)
	fmt.Println(listener.Addr())
	require(grpc.NewServer(grpc.ForceServerCodec(raw{}), grpc.UnknownServiceHandler(handle)).Serve(listener))
}

func call(address, method string, request []byte, seconds float64) {
	connection, err := grpc.NewClient(address,
		grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.ForceCodec(raw{})))
	require(err)
	var count atomic.Int64
	var waiting sync.WaitGroup
	end := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	for range callers {
		waiting.Add(1)
		go func() {
			defer waiting.Done()
			for time.Now().Before(end) {
				var answer []byte
				require(connection.Invoke(context.Background(), method, &request, &answer))
				count.Add(1)
			}
		}()
	}
	waiting.Wait()
	fmt.Println(float64(count.Load()) / seconds)
}

func require(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	if os.Args[1] == "serve" {
		answer, err := os.ReadFile(os.Args[2])
		require(err)
		serve(answer)
		return
	}
	request, err := os.ReadFile(os.Args[4])
	require(err)
	seconds, err := strconv.ParseFloat(os.Args[5], 64)
	require(err)
	call(os.Args[2], os.Args[3], request, seconds)
}
