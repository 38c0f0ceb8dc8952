# What a newcomer types. The build itself is Meson's: meson.build, src/meson.build.
BUILD ?= build
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 60

.PHONY: all packages demo check long bench fuzz asan tsan cover lint install clean

all: packages
	@tools/build $(BUILD) $(JOBS)

packages:
	@tools/install-packages

demo: all
	@tools/demo $(BUILD)/kulla

check: all
	@tools/lint quick
	@tools/check $(BUILD)

# What takes longer than anybody waits: the loops of kills, ten times as long.
long: all
	@KULLA_KILLS=2000 tools/check $(BUILD)

bench: packages
	@tools/install-packages tools/packages-bench
	@tools/build build-bench $(JOBS) --buildtype=release -Dtests=false
	@bench/run build-bench/kulla
	@bench/ledger-append build-bench/kulla
	@bench/ledger-tree build-bench
	@bench/evidence-seal build-bench/kulla

fuzz: packages
	@tools/fuzz build-fuzz $(JOBS) $(FUZZ_SECONDS)

# gcc warns of what the sanitizers' own checks make of the code: there warnings are no errors.
asan: packages
	@tools/build build-asan $(JOBS) -Db_sanitize=address,undefined -Doptimization=1 -Dmatch_optimization=1 -Dwerror=false
	@tools/check build-asan

tsan: packages
	@tools/build build-tsan $(JOBS) -Db_sanitize=thread -Doptimization=1 -Dmatch_optimization=1 -Dwerror=false
	@tools/check build-tsan

cover: packages
	@tools/build build-cover $(JOBS) -Db_coverage=true -Doptimization=0 -Dmatch_optimization=0
	@tools/check build-cover
	@tools/cover build-cover

lint: all
	@tools/lint $(BUILD)

install: all
	@tools/install $(BUILD)/kulla $(DESTDIR)$(PREFIX)

clean:
	rm -rf $(BUILD) build-asan build-tsan build-cover build-fuzz build-bench
