// The other side of go_peer_test.c: Go's checksum database reads our tiles, notes and proofs (argument: a folder), and writes its own into
// the folder "theirs" in it for us to read.
package main

import (
	"bufio"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(good bool, format string, args ...interface{}) {
	if !good {
		must(fmt.Errorf(format, args...))
	}
}

// Go's names say the height of tiles, tlog-tiles' do not.
func name(t tlog.Tile) string {
	return strings.Replace(t.Path(), "tile/8/", "tile/", 1)
}

type files struct{ folder string }

func (f files) Height() int { return height }
func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		data, err := os.ReadFile(filepath.Join(f.folder, name(t)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}
func (f files) SaveTiles([]tlog.Tile, [][]byte) {}

func entries(folder string, n, size int64) [][]byte {
	path := fmt.Sprintf("tile/entries/%03d", n)
	check(n < 1000, "one group of digits is enough here")
	if (n+1)*256 > size {
		path += fmt.Sprintf(".p/%d", size%256)
	}
	data, err := os.ReadFile(filepath.Join(folder, path))
	must(err)
	var all [][]byte
	for len(data) > 0 {
		length := int(binary.BigEndian.Uint16(data))
		all = append(all, data[2:2+length])
		data = data[2+length:]
	}
	return all
}

func hash(s string) (h tlog.Hash) {
	b, err := base64.StdEncoding.DecodeString(s)
	must(err)
	check(len(b) == len(h), "a hash of %d bytes", len(b))
	copy(h[:], b)
	return h
}

// Lines "record INDEX SIZE LEAF ROOT HASH…" and "tree OLD SIZE OLDROOT ROOT HASH…".
func proofs(path string) int {
	file, err := os.Open(path)
	must(err)
	defer file.Close()
	count := 0
	for lines := bufio.NewScanner(file); lines.Scan(); count++ {
		words := strings.Fields(lines.Text())
		var n, size int64
		_, err := fmt.Sscan(words[1]+" "+words[2], &n, &size)
		must(err)
		var list []tlog.Hash
		for _, w := range words[5:] {
			list = append(list, hash(w))
		}
		if words[0] == "record" {
			must(tlog.CheckRecord(list, size, hash(words[4]), n, hash(words[3])))
		} else {
			must(tlog.CheckTree(list, size, hash(words[4]), n, hash(words[3])))
		}
	}
	return count
}

func read(folder string) {
	vkey, err := os.ReadFile(filepath.Join(folder, "vkey"))
	must(err)
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	must(err)
	signed, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	must(err)
	opened, err := note.Open(signed, note.VerifierList(verifier))
	must(err)
	check(len(opened.Sigs) == 1 && len(opened.UnverifiedSigs) == 1, "one signature is known, one is not")
	lines := strings.Split(opened.Text, "\n")
	var size int64
	_, err = fmt.Sscan(lines[1], &size)
	must(err)
	tree := tlog.Tree{N: size, Hash: hash(lines[2])}
	reader := tlog.TileHashReader(tree, files{folder})
	root, err := tlog.TreeHash(size, reader)
	must(err)
	check(root == tree.Hash, "another root")
	for n := int64(0); n*256 < size; n += 7 {
		for i, entry := range entries(folder, n, size) {
			if i%41 != 0 {
				continue
			}
			p, err := tlog.ProveRecord(size, n*256+int64(i), reader)
			must(err)
			must(tlog.CheckRecord(p, size, tree.Hash, n*256+int64(i), tlog.RecordHash(entry)))
		}
	}
	check(proofs(filepath.Join(folder, "proofs")) > 100, "too few proofs")
}

func write(folder string, data []byte, names ...string) {
	path := filepath.Join(append([]string{folder}, names...)...)
	must(os.MkdirAll(filepath.Dir(path), 0700))
	must(os.WriteFile(path, data, 0600))
}

func line(kind string, n, size int64, first, root tlog.Hash, list []tlog.Hash) string {
	text := fmt.Sprintf("%s %d %d %s %s", kind, n, size, first, root)
	for _, h := range list {
		text += " " + h.String()
	}
	return text + "\n"
}

func theirs(folder string, size int64) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var all []tlog.Hash
		for _, i := range indexes {
			all = append(all, stored[i])
		}
		return all, nil
	})
	var bundle []byte
	leaf := func(n int64) []byte { return []byte(fmt.Sprintf("entry %d", n)) }
	for n := int64(0); n < size; n++ {
		hashes, err := tlog.StoredHashes(n, leaf(n), reader)
		must(err)
		stored = append(stored, hashes...)
		bundle = append(bundle, byte(len(leaf(n))>>8), byte(len(leaf(n))))
		bundle = append(bundle, leaf(n)...)
		if n%256 == 255 {
			write(folder, bundle, fmt.Sprintf("tile/entries/%03d", n/256))
			bundle = nil
		}
	}
	write(folder, bundle, fmt.Sprintf("tile/entries/%03d.p/%d", size/256, size%256))
	for _, t := range tlog.NewTiles(height, 0, size) {
		data, err := tlog.ReadTileData(t, reader)
		must(err)
		write(folder, data, name(t))
	}
	root, err := tlog.TreeHash(size, reader)
	must(err)
	var text strings.Builder
	for n := int64(0); n < size; n += 13 {
		p, err := tlog.ProveRecord(size, n, reader)
		must(err)
		text.WriteString(line("record", n, size, tlog.RecordHash(leaf(n)), root, p))
		old, err := tlog.TreeHash(n+1, reader)
		must(err)
		tp, err := tlog.ProveTree(size, n+1, reader)
		must(err)
		text.WriteString(line("tree", n+1, size, old, root, tp))
	}
	write(folder, []byte(text.String()), "proofs")
	skey, vkey, err := note.GenerateKey(rand.Reader, "go.example/log")
	must(err)
	signer, err := note.NewSigner(skey)
	must(err)
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("go.example/log\n%d\n%s\n", size, root)}, signer)
	must(err)
	write(folder, signed, "checkpoint")
	write(folder, []byte(vkey), "vkey")
}

func main() {
	read(os.Args[1])
	theirs(filepath.Join(os.Args[1], "theirs"), 700)
}
