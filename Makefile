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
QUICK  ?=#         QUICK=1         train networks for a fiftieth of the steps
TRAIN  ?=#         TRAIN=1         lesson25: train its network first (TRAIN=digits: without MNIST)
UPTO   ?= 99#      UPTO=16         last lesson of `make lessons`
FORMAT ?= png#     FORMAT=svg|pdf|png|tex
SIZE   ?=#         SIZE=8cm,6cm    size of the figures (pixels for png and svg)
SHOW   ?=#         SHOW=1          also draw in the terminal
MNIST  ?=#         MNIST=DIR       where the MNIST files are (default MNIST_DIR, then build/mnist)
# Coursework:  make hw03 PART=A WATCH=1;  make submit HW=03 STUDENT=me
#              make grade SUBMISSIONS=DIR OUT=DIR JOBS=2 ROSTER=CSV ONLY=ID MERGE=CSV HW=03 SALT=word
WORK      ?= homework#                  WORK=DIR        where the student's own copies are
SOLUTIONS ?= tests/homework/solutions#  SOLUTIONS=DIR   the course's own solutions (key of the choices)
CONFINE   ?=#                           CONFINE=auto|bwrap|landlock|none   (none: only your own programs)
OUT       ?=#                           OUT=DIR         where the tables of a class go (default grades/hwNN)
# Schedule of the figures:  SCHEDULE=cosine T=50 BETA_MIN= BETA_MAX=
SCHEDULE ?=
T        ?=
BETA_MIN ?=
BETA_MAX ?=

# ---- Compiler --------------------------------------------------------------------------------
B    := build/$(notdir $(CC))$(if $(SAN),-san)$(if $(COV),-cov)
PKGS := gsl libcjson zlib libmd
DDPM_LIBS := -lpng -lgif# of the program ddpm alone: sheets and films
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null || echo -lgsl -lgslcblas -lcjson -lz -lmd) -lm -pthread
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
KERNELS := $(basename $(wildcard $(addprefix src/net/kernel_,gemm.c flat.c conv.c planes.c norm.c)))
LIB_SOURCES := $(filter-out $(KERNELS:%=%.c),$(wildcard src/check/*.c src/theory/*.c src/data/*.c \
                                                        src/net/*.c src/train/*.c src/derive/*.c)) \
               $(filter-out src/ddpm/main.c,$(wildcard src/ddpm/*.c))
# What computes with reals is compiled a second time with -DNET_DOUBLE (src/net/real.h): x.o and
# x_double.o.  The second set has other names (src/net/names.h; a room of its own keeps its own list).
NET_TWICE := $(addprefix src/,net/act net/adam net/dense net/ema net/embed net/gemm net/kernel net/mlp \
                              net/network train/loss)
NET_TWICE += $(addprefix src/net/,attention conv kernel_image norm norm_channels patches resample unet \
                                  lenet lenet_frame lenet_naive unet_naive unet_plan unet_slice unet_steps winograd winograd_weights)
LIB_OBJECTS := $(LIB_SOURCES:%.c=$B/%.o) $B/claims_table.o \
               $(patsubst %.c,$B/%_double.o,$(wildcard $(NET_TWICE:%=%.c)))
# The kernels are compiled once per instruction set and type, src/net/kernel.c chooses when the program
# runs: each object leaves one table, named like the object.  Only products may be contracted to fused
# multiply-adds.
KERNEL_SETS := baseline $(if $(filter x86_64%,$(shell $(CC) -dumpmachine)),avx2 avx512)
KERNEL_FLAGS_avx2   := -mavx2 -mfma
KERNEL_FLAGS_avx512 := -mavx2 -mfma -mavx512f -mavx512dq -mprefer-vector-width=512
# (-fexpensive-optimizations: gcc -O1 fuses multiply-adds too, and a sanitized build gives the same bytes.)
KERNEL_FLAGS := -fno-math-errno -fno-trapping-math $(if $(COV),,$(if $(SAN),$(if $(findstring clang,$(CC)),,-fexpensive-optimizations),-O3))
LIB_OBJECTS += $(foreach k,$(KERNELS),$(foreach i,$(KERNEL_SETS),$B/$k_$i.o $B/$k_$i_double.o))
GRADE_SOURCES := $(wildcard src/grade/*.c)
ASSIGNMENTS := $(notdir $(patsubst %/,%,$(wildcard lessons/homework/*/)))
LESSON_FILES := $(sort $(basename $(notdir $(wildcard lessons/lesson*.c))))
LESSON_NUMBERS := $(sort $(foreach l,$(LESSON_FILES),$(shell echo $l | sed 's/^lesson\([0-9][0-9]\).*/\1/')))
LESSONS := $(LESSON_NUMBERS:%=lesson%)
LESSON_BINARIES := $(LESSONS:%=$B/lessons/%)
UNIT_TESTS := $(sort $(basename $(notdir $(wildcard tests/test_*.c))))
# The grader does not stand in the shared library.
PIC_TESTS = $(patsubst %,$B/pic/tests/%,$(filter-out test_grade%,$(UNIT_TESTS)))
TEST_TOOLS := http_server independence mutate list_misprints $(basename $(notdir $(wildcard tests/bench_*.c)))
DATA := build/data
FIGURES := build/figures
export DATA FIGURES

LESSON_FLAGS = $(if $(SEED),--seed $(SEED)) $(if $(EFFORT),--effort $(EFFORT)) $(if $(QUICK),--quick) $(if $(MNIST),--mnist $(MNIST))
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

$B/%_double.o: %.c
	@mkdir -p $(@D)
	$(if $(V),,@echo "  cc    $< (double)")
	$Q$(CC) $(FLAGS) -DNET_DOUBLE $(PKG_CFLAGS) -MMD -MP $(CFLAGS) -c $< -o $@

# $1 kernel, $2 instruction set, $3 where (nothing or pic/), $4 nothing or _double, $5 flags
define KERNEL_RULE
$B/$3$1_$2$4.o: $1.c
	@mkdir -p $$(@D)
	$$(if $$V,,@echo "  cc    $$< ($2$(4:_%=, %))")
	$$Q$$(CC) $$(FLAGS) $$(KERNEL_FLAGS) $$(KERNEL_FLAGS_$2) $(if $(filter-out %flat,$1),-ffp-contract=fast) $5 \
	    -DKERNEL_TABLE=$(notdir $1)_$2$4 -MMD -MP $$(CFLAGS) -c $$< -o $$@
endef
$(foreach k,$(KERNELS),$(foreach i,$(KERNEL_SETS),$(foreach p,x pic/,$(foreach d,x _double,$(eval \
    $(call KERNEL_RULE,$k,$i,$(p:x=),$(d:x=),$(if $(p:x=),-fPIC) $(if $(d:x=),-DNET_DOUBLE)))))))

$B/libddpm.a: $(LIB_OBJECTS)
	$Qrm -f $@ && ar rcs $@ $^

$B/ddpm: $B/src/ddpm/main.o $B/libddpm.a
	$Q$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) $^ $(DDPM_LIBS) $(PKG_LIBS) -o $@

# The theory and the derivation checker stand apart too: the grader and the autograder need neither networks
# nor pictures, and do not build them.
$B/libtheory.a: $(filter $(addprefix $B/src/,check/% theory/% derive/%),$(LIB_OBJECTS)) $B/claims_table.o
	$Qrm -f $@ && ar rcs $@ $^

$B/derive: $(patsubst %.c,$B/%.o,$(wildcard src/derive_main/*.c)) $B/libtheory.a
	$Q$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) $^ $(PKG_LIBS) -o $@

build/ddpm: $B/ddpm
	$Qcp $< $@.part && mv $@.part $@

# The grader's library stands apart, so that the lessons need neither libarchive nor libseccomp.
GRADE_LIBS = $(shell pkg-config --libs libarchive libseccomp 2>/dev/null || echo -larchive -lseccomp)

$B/libgrade.a: $(GRADE_SOURCES:%.c=$B/%.o)
	$Qrm -f $@ && ar rcs $@ $^

$B/grade: $(patsubst %.c,$B/%.o,$(wildcard src/grade_main/*.c)) $B/libgrade.a $B/libtheory.a
	$Q$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) $^ $(GRADE_LIBS) $(PKG_LIBS) -o $@

# The function server runs beside students' code under a memory limit: never with sanitizers.
$B/grade_server: $(wildcard src/grade_server/*.[ch] lessons/homework/*.h lessons/homework/*/*.h) src/grade/function.c src/grade/function.h src/grade/wire.h
	@mkdir -p $(@D)
	$(if $V,,@echo "  cc    src/grade_server")
	$Q$(CC) -std=c11 -D_GNU_SOURCE -O2 -Isrc -Ilessons/homework $(ASSIGNMENTS:%=-Ilessons/homework/%) $(WARNINGS) -rdynamic \
	    $(filter %.c,$^) -lseccomp -ldl -lm -o $@.part && mv $@.part $@

# So does the program that checks derivations for the grader (the same sources, compiled once more).
DERIVER_SOURCES := src/grade_deriver/main.c $(wildcard src/derive/*.c) src/check/quad.c \
                   $(filter-out src/theory/schedule_%,$(wildcard src/theory/*.c))
$B/grade_deriver: $(if $(SAN)$(COV),$(DERIVER_SOURCES),$(patsubst %.c,$B/%.o,$(wildcard src/grade_deriver/*.c)) $B/libtheory.a)
	@mkdir -p $(@D)
	$Q$(CC) $(if $(SAN)$(COV),-std=c11 -D_POSIX_C_SOURCE=200809L -ffp-contract=off -O2 -Isrc $(PKG_CFLAGS),$(FLAGS) $(CFLAGS) $(LDFLAGS)) \
	    $^ $(PKG_LIBS) -o $@.part && mv $@.part $@

.PHONY: grader
grader: $B/grade $B/grade_server $B/grade_deriver ## build the grader

$B/tests/test_grade%: $B/tests/test_grade%.o $B/libgrade.a $B/libtheory.a
	$Q$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) $^ $(GRADE_LIBS) $(PKG_LIBS) $$(pkg-config --libs cmocka 2>/dev/null || echo -lcmocka) -o $@

$B/tests/%: $B/tests/%.o $B/tests/capture.o $B/tests/play.o $B/tests/forge.o $B/tests/twin.o $B/libddpm.a
	$Q$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) $^ $(PKG_LIBS) $$(pkg-config --libs cmocka 2>/dev/null || echo -lcmocka) -o $@

# The same library as a shared object whose functions can be replaced from outside: the poison test
# and the mutants exchange single functions without relinking the lessons.
$B/pic/%.o: %.c
	@mkdir -p $(@D)
	$Q$(CC) $(FLAGS) $(PKG_CFLAGS) -fPIC -fsemantic-interposition -MMD -MP $(CFLAGS) -c $< -o $@

$B/pic/%_double.o: %.c
	@mkdir -p $(@D)
	$Q$(CC) $(FLAGS) -DNET_DOUBLE $(PKG_CFLAGS) -fPIC -fsemantic-interposition -MMD -MP $(CFLAGS) -c $< -o $@

$B/pic/claims_table.o: $B/claims_table.c
	@mkdir -p $(@D)
	$Q$(CC) $(FLAGS) -fPIC $(CFLAGS) -c $< -o $@

$B/pic/libddpm.so: $(LIB_OBJECTS:$B/%=$B/pic/%)
	$Q$(CC) $(FLAGS) $(CFLAGS) -shared -Wl,-soname,libddpm.so $^ $(PKG_LIBS) $(DDPM_LIBS) -o $@

$B/pic/tests/%: $B/tests/%.o $B/tests/capture.o $B/tests/play.o $B/tests/forge.o $B/tests/twin.o $B/pic/libddpm.so
	@mkdir -p $(@D)
	$Q$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) $^ $(PKG_LIBS) $$(pkg-config --libs cmocka 2>/dev/null || echo -lcmocka) \
	    -Wl,--enable-new-dtags,-rpath,'$$ORIGIN/..' -o $@

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

# Lesson 25 with a network of one's own; can be interrupted, and goes on where it was.
TRAINED = $(DATA)/lesson25_$(TRAIN:1=mnist).safetensors
ifneq ($(TRAIN),)
run25: train25
run25: LESSON_FLAGS += --model $(TRAINED)
endif
.PHONY: train25
train25: $B/ddpm
	@mkdir -p $(DATA)
	$B/ddpm train --out $(TRAINED) --log $(TRAINED:%.safetensors=%.tsv) $(if $(MNIST),--mnist $(MNIST)) \
	    $(if $(wildcard $(TRAINED)),--resume,--data $(TRAIN:1=mnist))

.PHONY: lessons
lessons: all ## run all lessons (UPTO=16) with a summary table, and draw their figures
	@LESSON_FLAGS="$(LESSON_FLAGS)" FORMAT="$(FORMAT)" SIZE="$(SIZE)" tests/run_lessons.sh $B $(UPTO)

.PHONY: widget widget-gif
widget: ## step through the denoiser widget of lesson 24 with the keyboard
widget-gif: ## the same as build/figures/lesson24_widget.gif
widget widget-gif: $B/lessons/lesson24
	@mkdir -p $(DATA)/widget && $< --quick --out $(DATA)/widget $(FIGURE_FLAGS) > /dev/null
	@DATA="$(DATA)/widget" FIGURES="$(FIGURES)" SHOW="$(SHOW)" plots/widget.sh $(if $(filter widget,$@),view,gif)

.PHONY: figures
figures: ALL_FIGURES := 1# a lesson whose figure knows no schedule is drawn all the same
figures: $(LESSON_NUMBERS:%=fig%) ## draw every figure into build/figures (FORMAT=, SIZE=, SCHEDULE=, T=)

# ---- Coursework ------------------------------------------------------------------------------
GRADE = $B/grade
HW_NAME = $(if $(HW),$(if $(filter $(HW),$(ASSIGNMENTS)),$(HW),hw$(HW)))
GRADE_FLAGS = --server $B/grade_server --solutions $(SOLUTIONS) --compiler $(CC) \
              $(if $(CONFINE),--confine $(CONFINE)) $(if $(SEED),--seed $(SEED)) $(if $(SALT),--salt $(SALT))

.PHONY: $(ASSIGNMENTS)
$(ASSIGNMENTS): grader
	@src/grade_main/copy.sh $(WORK) $@
	@$(GRADE) check --hw $@ --work $(WORK) $(GRADE_FLAGS) $(if $(PART),--part "$(PART)") $(if $(WATCH),--watch) || [ $$? = 1 ]

.PHONY: homework
homework: ## check your homework: make hw01 (hw02 hw03 inclass selfcheck widgets), PART=A WATCH=1
	@echo "make hw01, hw02, hw03, inclass, selfcheck or widgets: see docs/homework.md"

.PHONY: submit
submit: grader ## pack your homework for handing in: make submit HW=03 [STUDENT=name]
	@[ -n "$(HW)" ] || { echo "make submit HW=03: say which homework" >&2; exit 2; }
	@$(GRADE) submit --hw $(HW_NAME) --work $(WORK) --archive "$(if $(OUT),$(OUT)/)$(if $(STUDENT),$(STUDENT)_)$(HW_NAME).tar.gz" $(if $(STUDENT),--student "$(STUDENT)")

.PHONY: grade
grade: grader ## grade a class: make grade SUBMISSIONS=DIR [OUT= JOBS= ROSTER= ONLY= HW=] or MERGE=marks.csv
	@$(if $(MERGE),$(GRADE) merge --marks "$(MERGE)" $(if $(HW),--hw $(HW_NAME)),[ -n "$(SUBMISSIONS)" ] || \
	    { echo "make grade SUBMISSIONS=DIR: say where the submissions are" >&2; exit 2; }; \
	    $(GRADE) class --submissions "$(SUBMISSIONS)" $(GRADE_FLAGS) $(if $(HW),--hw $(HW_NAME)) \
	    $(if $(JOBS),--jobs $(JOBS)) $(if $(ONLY),--only "$(ONLY)")) $(if $(OUT),--out "$(OUT)") $(if $(ROSTER),--roster "$(ROSTER)")

.PHONY: dist
dist: ## the autograder for Gradescope: make dist HW=03 [SALT=word SOLUTIONS=DIR CONFINE=none]
	@[ -n "$(HW)" ] || { echo "make dist HW=03: say which homework" >&2; exit 2; }
	@src/grade_main/gradescope.sh $(HW_NAME) "$(SOLUTIONS)" "$(SALT)" build/gradescope_$(HW_NAME).zip $(CONFINE)

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

# The checker's sources once more, instrumented; the corpus of the tests is the seed.  The fast one has no
# sanitizers: it is the program as it is used, so the limits of time and memory are its own.
.PHONY: derive-fuzz
derive-fuzz: build/fuzz/fuzz_derive$(if $(FAST),_fast) ## fuzz the derivation checker (clang; SECONDS=60, FAST=1 without the sanitizers)
	@tests/fuzz_derive.sh $< $(SECONDS)

build/fuzz/fuzz_derive build/fuzz/fuzz_derive_fast: tests/fuzz_derive.c $(wildcard src/derive/*.[ch])
	@mkdir -p $(@D)
	$Qclang $(filter-out -W%,$(FLAGS)) $(PKG_CFLAGS) -O2 -g -fsanitize=fuzzer$(if $(findstring fast,$@), -fno-sanitize-coverage=trace-cmp,$(comma)address$(comma)undefined -fno-sanitize-recover=all) \
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
tests: all grader pic $(UNIT_TESTS:%=$B/tests/%) $(TEST_TOOLS:%=$B/tests/%) ## build all tests without running them

.PHONY: check
check: tests ## all tests; ends with `N passed, N failed`
	@CC="$(CC)" SAN="$(SAN)" SOLUTIONS="$(SOLUTIONS)" tests/run_checks.sh $B

.PHONY: check-long
check-long: tests $(PIC_TESTS) ## valgrind, coverage, 200 seeds (SEEDS=), mutants; about half an hour
	@$(MAKE) COV=1 tests
	@N="$(SEEDS)" tests/check_long.sh $B $B-cov

.PHONY: coverage
coverage: ## line coverage of src/ by tests that assert; every gap needs a reason
	@$(MAKE) COV=1 tests
	@tests/coverage.sh $B-cov

.PHONY: bench
bench: all $B/tests/bench_mlp $B/tests/bench_unet ## time and memory of every lesson; training speed against PyTorch (BENCH=mlp|unet: only that; BENCH=mnist: quality against minutes)
	@$(if $(BENCH),$(BENCH:%=tests/bench_%.sh) $B,tests/bench.sh $B; tests/bench_mlp.sh $B; tests/bench_unet.sh $B)

.PHONY: mutants
mutants: tests $(PIC_TESTS) ## plant wrong formulas in src/theory, net and train: which lesson or test notices? (ONLY=posterior)
	@CC="$(CC)" ONLY="$(ONLY)" tests/mutants.sh $B
	@CC="$(CC)" ONLY="$(ONLY)" tests/mutants_units.sh $B

# Readers of files that may be anything.  A crash leaves its input in build/fuzz.
FUZZERS := checkpoint idx
SECONDS ?= 60
FUZZ_checkpoint := $(addprefix src/net/,checkpoint.c checkpoint_read.c safetensors.c digest.c half.c)
FUZZ_idx := src/data/idx.c
build/fuzz/%: tests/fuzz_%.c $(FUZZ_checkpoint) $(FUZZ_idx)
	@mkdir -p $(@D)
	$Qclang $(FLAGS) $(PKG_CFLAGS) -O1 -g -fsanitize=fuzzer,address,undefined $< $(FUZZ_$*) $(PKG_LIBS) -o $@

.PHONY: fuzz
fuzz: $(FUZZERS:%=build/fuzz/%) ## fuzz the readers of checkpoints and IDX files (SECONDS=60 each; needs clang)
	@tests/fuzz.sh build/fuzz $(SECONDS) $(FUZZERS)

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
