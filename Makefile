# Makefile -- build, run, check and draw ddpm-lessons.  `make help` lists the targets.
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:
SHELL := /bin/sh

# ---- Options ---------------------------------------------------------------------------------
CC     := gcc#     CC=clang        the other compiler
SAN    ?=#         SAN=1           address and undefined-behaviour sanitizers
COV    ?=#         COV=1           line coverage
WERROR ?=#         WERROR=1        warnings are errors
V      ?=#         V=1             show the commands
SEED   ?=#         SEED=7          seed of the lessons (a number or random)
EFFORT ?=#         EFFORT=10       multiply the sample sizes
UPTO   ?= 99#      UPTO=16         last lesson of `make lessons`
FORMAT ?= png#     FORMAT=svg|pdf|png|tex
SIZE   ?=#         SIZE=8cm,6cm    size of the figures (pixels for png and svg)
SHOW   ?=#         SHOW=1          also draw in the terminal
MNIST  ?=#         MNIST=DIR       where the MNIST files are (default MNIST_DIR, then build/mnist)
# Schedule of the figures:  SCHEDULE=cosine T=50 BETA_MIN= BETA_MAX=
SCHEDULE ?=
T        ?=
BETA_MIN ?=
BETA_MAX ?=

# ---- Compiler --------------------------------------------------------------------------------
B    := build/$(notdir $(CC))$(if $(SAN),-san)$(if $(COV),-cov)
PKGS := gsl libcjson zlib
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null || echo -lgsl -lgslcblas -lcjson -lz) -lm
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wdouble-promotion -Wfloat-conversion -Wvla $(if $(WERROR),-Werror)
comma := ,
# -ffp-contract=off: the same digits from every compiler, so that transcripts can be golden.
FLAGS := -std=c11 -D_POSIX_C_SOURCE=200809L -ffp-contract=off -Isrc $(WARNINGS) \
         $(if $(SAN),-O1 -g -fsanitize=address$(comma)undefined -fno-sanitize-recover=all,-O2) \
         $(if $(COV),-O0 -g --coverage)
Q := $(if $(V),,@)

# `make setup lessons` installs first, also under -j.
ifneq ($(filter setup%,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

# ---- Files -----------------------------------------------------------------------------------
LIB_SOURCES := $(wildcard src/check/*.c src/theory/*.c src/data/*.c src/derive/*.c)
LIB_OBJECTS := $(LIB_SOURCES:%.c=$B/%.o) $B/claims_table.o
LESSON_FILES := $(sort $(basename $(notdir $(wildcard lessons/lesson*.c))))
LESSON_NUMBERS := $(sort $(foreach l,$(LESSON_FILES),$(shell echo $l | sed 's/^lesson\([0-9][0-9]\).*/\1/')))
LESSONS := $(LESSON_NUMBERS:%=lesson%)
LESSON_BINARIES := $(LESSONS:%=$B/lessons/%)
UNIT_TESTS := $(sort $(basename $(notdir $(wildcard tests/test_*.c))))
TEST_TOOLS := http_server independence mutate list_misprints
DATA := build/data
FIGURES := build/figures
export DATA FIGURES

LESSON_FLAGS = $(if $(SEED),--seed $(SEED)) $(if $(EFFORT),--effort $(EFFORT)) $(if $(MNIST),--mnist $(MNIST))
FIGURE_FLAGS = $(if $(SCHEDULE),--schedule $(SCHEDULE)) $(if $T,--T $T) \
               $(if $(BETA_MIN),--beta-min $(BETA_MIN)) $(if $(BETA_MAX),--beta-max $(BETA_MAX))

# ---- Build -----------------------------------------------------------------------------------
.PHONY: all
all: $(LESSON_BINARIES) $B/ddpm $B/derive $(if $(SAN)$(COV),,build/ddpm) ## build the lessons and build/ddpm

$B/claims_table.c: docs/claims.tsv src/check/registry.awk
	@mkdir -p $(@D)
	$Qawk -f src/check/registry.awk docs/claims.tsv > $@.part && mv $@.part $@

$B/claims_table.o: $B/claims_table.c
	$Q$(CC) $(FLAGS) $(CFLAGS) -c $< -o $@

$B/%.o: %.c
	@mkdir -p $(@D)
	$(if $(V),,@echo "  cc    $<")
	$Q$(CC) $(FLAGS) $(PKG_CFLAGS) -MMD -MP $(CFLAGS) -c $< -o $@

$B/libddpm.a: $(LIB_OBJECTS)
	$Qrm -f $@ && ar rcs $@ $^

$B/ddpm: $(patsubst %.c,$B/%.o,$(wildcard src/ddpm/*.c)) $B/libddpm.a
	$Q$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) $^ $(PKG_LIBS) -o $@

$B/derive: $(patsubst %.c,$B/%.o,$(wildcard src/derive_main/*.c)) $B/libddpm.a
	$Q$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) $^ $(PKG_LIBS) -o $@

build/ddpm: $B/ddpm
	$Qcp $< $@.part && mv $@.part $@

$B/tests/%: $B/tests/%.o $B/tests/capture.o $B/tests/play.o $B/libddpm.a
	$Q$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) $^ $(PKG_LIBS) $$(pkg-config --libs cmocka 2>/dev/null || echo -lcmocka) -o $@

# The same library as a shared object whose functions can be replaced from outside: the poison test
# and the mutants exchange single functions without relinking the lessons.
$B/pic/%.o: %.c
	@mkdir -p $(@D)
	$Q$(CC) $(FLAGS) $(PKG_CFLAGS) -fPIC -fsemantic-interposition -MMD -MP $(CFLAGS) -c $< -o $@

$B/pic/claims_table.o: $B/claims_table.c
	@mkdir -p $(@D)
	$Q$(CC) $(FLAGS) -fPIC $(CFLAGS) -c $< -o $@

$B/pic/libddpm.so: $(LIB_SOURCES:%.c=$B/pic/%.o) $B/pic/claims_table.o
	$Q$(CC) $(FLAGS) $(CFLAGS) -shared -Wl,-soname,libddpm.so $^ $(PKG_LIBS) -o $@

$B/pic/poison.so: tests/poison.c
	@mkdir -p $(@D)
	$Q$(CC) $(filter-out -Wpedantic,$(FLAGS)) $(PKG_CFLAGS) -fPIC -shared $< -ldl -o $@

.PHONY: pic
pic: $(LESSONS:%=$B/pic/lessons/%) $B/pic/poison.so

-include $(wildcard $B/*/*.d $B/*/*/*.d $B/*/*/*/*.d)

# ---- Lessons and figures ---------------------------------------------------------------------
# A lesson is one program: lessons/lesson07_*.c, with its part b (lessons/lesson07b_*.c) if there is
# one.  `make lesson07` runs it, then draws plots/lesson07*.gp.
define LESSON_RULE
$B/lessons/lesson$1: $(patsubst %.c,$B/%.o,$(wildcard lessons/lesson$1*.c)) $B/libddpm.a
	$$Q$$(CC) $$(FLAGS) $$(CFLAGS) $$(LDFLAGS) $$^ $$(PKG_LIBS) -o $$@
$B/pic/lessons/lesson$1: $(patsubst %.c,$B/%.o,$(wildcard lessons/lesson$1*.c)) $B/pic/libddpm.so
	@mkdir -p $$(@D)
	$$Q$$(CC) $$(FLAGS) $$(CFLAGS) $$(LDFLAGS) $$^ $$(PKG_LIBS) -Wl,--enable-new-dtags,-rpath,'$$$$ORIGIN/..' -o $$@
.PHONY: lesson$1 run$1 fig$1
run$1: $B/lessons/lesson$1
	@mkdir -p $(DATA)
	$$Q$$< --out $(DATA) $$(LESSON_FLAGS) $$(FIGURE_FLAGS)
lesson$1: run$1
	@FORMAT="$(FORMAT)" SIZE="$(SIZE)" SHOW="$(SHOW)" plots/draw.sh $$(wildcard plots/lesson$1*.gp)
fig$1: $B/lessons/lesson$1
	@mkdir -p $(DATA)
	@$$< --out $(DATA) $$(LESSON_FLAGS) $$(FIGURE_FLAGS) > /dev/null || \
	    { [ -n "$$(ALL_FIGURES)" ] && [ -n "$$(strip $$(FIGURE_FLAGS))" ] && $$< --out $(DATA) $$(LESSON_FLAGS) > /dev/null; }
	@FORMAT="$(FORMAT)" SIZE="$(SIZE)" SHOW="$(SHOW)" plots/draw.sh $$(wildcard plots/lesson$1*.gp)
endef
$(foreach n,$(LESSON_NUMBERS),$(eval $(call LESSON_RULE,$n)))

.PHONY: lessons
lessons: all ## run all lessons (UPTO=16) with a summary table, and draw their figures
	@LESSON_FLAGS="$(LESSON_FLAGS)" FORMAT="$(FORMAT)" SIZE="$(SIZE)" tests/run_lessons.sh $B $(UPTO)

.PHONY: figures
figures: ALL_FIGURES := 1# a lesson whose figure knows no schedule is drawn all the same
figures: $(LESSON_NUMBERS:%=fig%) ## draw every figure into build/figures (FORMAT=, SIZE=, SCHEDULE=, T=)

# ---- Derivations ------------------------------------------------------------------------------
FILE   ?=#         FILE=hw3.tex    the derivation to check
WORLDS ?=#         WORLDS=8        random worlds per line of a derivation
.PHONY: derive
derive: $B/derive ## check a derivation line by line (FILE=hw3.tex WORLDS=8 SEED=1)
	@[ -n "$(FILE)" ] || { echo "make derive FILE=hw3.tex: which file?" >&2; exit 2; }
	@$B/derive $(if $(WORLDS),--worlds $(WORLDS)) $(if $(SEED),--seed $(SEED)) --all $(FILE)

.PHONY: derive-worlds
derive-worlds: $B/derive ## no false alarm in N fresh worlds on the correct derivations (N=1000)
	@tests/derive_worlds.sh $B $N

# The checker's sources once more, instrumented; the corpus of the tests is the seed.
SECONDS ?= 60
.PHONY: derive-fuzz
derive-fuzz: build/fuzz/fuzz_derive ## fuzz the derivation checker (clang; SECONDS=60, FAST=1 without the sanitizers)
	@tests/fuzz_derive.sh build/fuzz $(SECONDS)

build/fuzz/fuzz_derive: tests/fuzz_derive.c $(wildcard src/derive/*.[ch])
	@mkdir -p $(@D)
	$Qclang $(filter-out -W%,$(FLAGS)) $(PKG_CFLAGS) -O2 -g -fsanitize=fuzzer$(if $(FAST),,$(comma)address$(comma)undefined) -fno-sanitize-recover=all \
	    $< $(wildcard src/derive/*.c) $(filter-out src/theory/schedule_%,$(wildcard src/theory/*.c)) src/check/quad.c $(PKG_LIBS) -o $@

# ---- Tests -----------------------------------------------------------------------------------
$B/claims: $B/src/report/claims.o $B/libddpm.a
	$Q$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) $^ $(PKG_LIBS) -o $@

.PHONY: claims
claims: all $B/claims ## run all lessons and write docs/claims.md and build/report/claims.json
	@mkdir -p build/report && rm -f build/report/lesson*.json
	@for l in $(LESSONS); do $B/lessons/$$l --json build/report/$$l.json $(LESSON_FLAGS) > build/report/$$l.txt || echo "$$l FAILED"; done
	@$B/claims build/report docs/claims.md

N ?= 1000
.PHONY: seeds
seeds: all ## re-run the random checks of all lessons under N fresh seeds (N=1000)
	@tests/seeds.sh $B $N

.PHONY: tests
tests: all pic $(UNIT_TESTS:%=$B/tests/%) $(TEST_TOOLS:%=$B/tests/%) ## build all tests without running them

.PHONY: check
check: tests ## all tests; ends with `N passed, N failed`
	@CC="$(CC)" SAN="$(SAN)" tests/run_checks.sh $B

.PHONY: check-long
check-long: tests ## valgrind, coverage, 200 seeds (SEEDS=), mutants; about half an hour
	@$(MAKE) COV=1 tests
	@N="$(SEEDS)" tests/check_long.sh $B $B-cov

.PHONY: coverage
coverage: ## line coverage of src/ by tests that assert; every gap needs a reason
	@$(MAKE) COV=1 tests
	@tests/coverage.sh $B-cov

.PHONY: bench
bench: all ## time of every lesson (five runs, the median) and peak memory
	@tests/bench.sh $B

.PHONY: mutants
mutants: tests ## plant wrong formulas in src/theory: which lesson notices? (ONLY=posterior)
	@CC="$(CC)" ONLY="$(ONLY)" tests/mutants.sh $B

.PHONY: bless
bless: all ## accept the present transcripts as golden (read the diff first)
	@tests/golden.sh $B bless

.PHONY: setup
setup: ## install the Debian packages (sudo only when not root)
	@src/setup.sh install

.PHONY: setup-developer
setup-developer: ## also clang, valgrind and the sanitizers
	@src/setup.sh developer

.PHONY: doctor
doctor: ## say what is missing on this machine and what works without it
	@src/setup.sh doctor

.PHONY: mnist
mnist: ## download the genuine MNIST files into build/mnist (MNIST_URL=)
	@src/data/fetch_mnist.sh build/mnist

.PHONY: clean
clean: ## remove build/ except downloaded data
	@if [ -d build ]; then find build -mindepth 1 -maxdepth 1 ! -name mnist -exec rm -rf {} +; fi

.PHONY: help
help: ## list the targets and options
	@echo "targets:"; sed -n 's/^\([a-z][a-zA-Z0-9-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 18
	@echo "  lesson04        build, run and draw one lesson (lesson01 .. lesson$(lastword $(LESSON_NUMBERS)));  fig04 only draws"
	@echo "options:"; sed -n 's/^[A-Z]* *[?:]*= *[^#]*#  *\([A-Z]*=.*\)/  \1/p' Makefile
