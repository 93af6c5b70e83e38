// Command launch is the helper that every image carries.
package main

func main() {}
