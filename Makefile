# SPDX-License-Identifier: Apache-2.0
# onnxray: `make help` lists the targets. Out of tree: `make B=elsewhere`. Verbose: `make V=1`.

NAME    := onnxray
VERSION := $(shell sed -n 's/^.define ORAY_VERSION_[A-Z]* *//p' include/onnxray/onnxray.h | paste -sd.)
MAJOR   := $(firstword $(subst ., ,$(VERSION)))
PKGS    := libprotobuf-c libcgraph libcjson zlib
# Draws PNG and PDF; asked for when it is needed, never linked. `make CAIRO=` builds without it.
CAIRO   ?= $(shell pkg-config --exists 'cairo-pdf >= 1.16' && echo 1)

B        ?= build
PREFIX   ?= /usr/local
BINDIR   ?= $(PREFIX)/bin
LIBDIR   ?= $(PREFIX)/lib
INCDIR   ?= $(PREFIX)/include
MANDIR   ?= $(PREFIX)/share/man
CFLAGS   ?= -O3 -g
PYTHON   ?= python3
Q        := $(if $(V),,@)

WARN := -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wmissing-prototypes -Wstrict-prototypes \
	-Wpointer-arith -Wwrite-strings -Wundef $(if $(WERROR),-Werror)
override CPPFLAGS += -Iinclude -Isrc -I$(B)/gen -D_POSIX_C_SOURCE=200809L \
	-D_FILE_OFFSET_BITS=64 $(shell pkg-config --cflags $(PKGS) 2>/dev/null) \
	$(if $(CAIRO),-DORAY_CAIRO $(shell pkg-config --cflags cairo-pdf 2>/dev/null))
override CFLAGS += -std=c11 -ffp-contract=off -fPIC -fvisibility=hidden -pthread \
	$(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all) $(SAN_MORE)
# Tables of texts are addresses to be set at every start: a C library that can reads them packed.
PACKED  := $(shell printf '%s\n' '\#include <features.h>' '\#if !__GLIBC_PREREQ(2, 36)' \
	'\#error' '\#endif' | $(CC) -E -x c - >/dev/null 2>&1 && \
	$(CC) -Wl,--help 2>/dev/null | grep -o -m1 pack-relative-relocs)
override LDFLAGS += -pthread -Wl,--as-needed $(if $(SAN),-fsanitize=$(SAN)) $(PACKED:%=-Wl,-z,%)
LDLIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lm -ldl
# The program takes small libraries in where it can: a shared one costs a twentieth of a millisecond
# of start, as much as reading a hundred weights' headers.
archive  = $(or $(filter /%,$(shell $(CC) -print-file-name=lib$(1).a)),-l$(1))
CLI_LIBS := $(patsubst -lprotobuf-c,$(call archive,protobuf-c),$(patsubst -lz,$(call archive,z),$(LDLIBS)))

PROTO   := $(B)/gen/onnx.pb-c
CLI     := $(patsubst %.c,$(B)/%.o,$(wildcard src/cli/*.c))
NOT_BUILT := src/cli/% src/build/% \
	$(if $(CAIRO),,src/export/canvas%.c src/export/png_%.c src/export/pdf_%.c)
LIB     := $(patsubst %.c,$(B)/%.o,$(filter-out $(NOT_BUILT),$(wildcard src/*/*.c))) $(PROTO).o
UNIT    := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*.c))
TOOLS   := $(patsubst tests/tools/%.c,$(B)/tools/%,$(wildcard tests/tools/*.c))
SAMPLES := $(patsubst samples/%.textproto,$(B)/samples/%.onnx,$(wildcard samples/*.textproto))
STATIC  := $(B)/lib$(NAME).a
SHARED  := $(B)/lib$(NAME).so.$(VERSION)
BENCH   := $(patsubst bench/%.c,$(B)/bench/%,$(wildcard bench/*.c))
SHELLS  := $(B)/completions/$(NAME).bash $(B)/completions/_$(NAME) $(B)/completions/$(NAME).fish

all: $(B)/$(NAME) $(STATIC) $(SHARED)  ## build the tool and the libraries

$(B)/$(NAME): $(CLI) $(STATIC)
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(CLI_LIBS)

$(STATIC): $(LIB)
	@echo "  AR    $@"
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(SHARED): $(LIB)
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,lib$(NAME).so.$(MAJOR) -o $@ $^ $(LDLIBS)
	$(Q)ln -sf $(@F) $(B)/lib$(NAME).so.$(MAJOR) && ln -sf $(@F) $(B)/lib$(NAME).so

# Always made anew: it holds the folders of this installation.
$(B)/$(NAME).pc:
	@mkdir -p $(@D)
	$(Q)printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$(INCDIR)' '' \
		'Name: $(NAME)' 'Description: look inside ONNX models' 'Version: $(VERSION)' \
		'Requires.private: $(PKGS)' 'Libs: -L$${libdir} -l$(NAME)' 'Libs.private: -lm -ldl -pthread' \
		'Cflags: -I$${includedir}' > $@

$(PROTO).o: $(PROTO).c
	@echo "  CC    $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -w -c -o $@ $<

$(PROTO).c: proto/onnx.proto
	@echo "  GEN   $@"
	@mkdir -p $(@D)
	$(Q)protoc-c -Iproto --c_out=$(@D) $<

$(B)/gen/themes.inc: src/build/theme.awk templates/light.theme templates/dark.theme
	@echo "  GEN   $@"
	@mkdir -p $(@D)
	$(Q)awk -f $^ > $@

$(B)/src/picture/theme.o: $(B)/gen/themes.inc

# The page's scripts are its modules in this order, without a bundler: what draws, and all else.
VIEWER_FIRST := $(patsubst %,templates/viewer/%.js,data unpack view draw wires tiles page board greet)
VIEWER_REST := $(patsubst %,templates/viewer/%.js,facts list picked pointers panel search plots summary export main)
$(B)/gen/viewer.inc: $(B)/gen/embed templates/viewer.html templates/viewer.css $(VIEWER_FIRST) $(VIEWER_REST)
	@echo "  GEN   $@"
	$(Q)$< html templates/viewer.html -- css templates/viewer.css -- first $(VIEWER_FIRST) \
		-- rest $(VIEWER_REST) > $@

$(B)/gen/embed: src/build/embed.c
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -O1 $(WARN) -o $@ $<

$(B)/src/export/html.o: $(B)/gen/viewer.inc

$(B)/%.o: %.c | $(PROTO).c
	@echo "  CC    $<"
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) -MMD -MP -c -o $@ $<

$(B)/unit/%: tests/unit/%.c $(STATIC)
	@echo "  TEST  $<"
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

$(B)/tools/allocations: override LDFLAGS += \
	$(foreach f,malloc calloc realloc posix_memalign free,-Wl,--wrap=$(f))
$(B)/tools/%: tests/tools/%.c $(STATIC)
	@echo "  TOOL  $<"
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) $(LDFLAGS) -o $@ $^ $(LDLIBS)

comma := ,
# Fuzz targets, in a build of their own: see `fuzz`.
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/%,$(wildcard tests/fuzz/fuzz_*.c))
SHARED_FUZZ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/fuzz/shared/*.c))
ifdef FUZZ
$(B)/src/cli/main.o: override CPPFLAGS += -Dmain=onnxray_main
$(B)/src/cli/main.o: override WARN += -Wno-missing-prototypes
endif
$(B)/fuzz_shared.a: $(SHARED_FUZZ)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(B)/fuzz_%: tests/fuzz/fuzz_%.c $(B)/fuzz_shared.a $(CLI) $(STATIC)
	@echo "  FUZZ  $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS) -lcmocka

$(B)/make_seeds: tests/fuzz/make_seeds.c
	$(Q)$(CC) -std=c11 -O1 $(WARN) -o $@ $<

fuzzers: $(FUZZERS) $(B)/make_seeds

$(B)/samples/%.onnx: samples/%.textproto proto/onnx.proto
	@mkdir -p $(@D)
	$(Q)protoc -Iproto --encode=onnx.ModelProto proto/onnx.proto < $< > $@

$(B)/samples/external.data: samples/make-external.sh
	@mkdir -p $(@D)
	$(Q)sh samples/make-external.sh $(@D)

$(B)/bench/drawing: override LDFLAGS += -Wl,--wrap=layout_run
$(B)/bench/%: bench/%.c $(STATIC)
	@echo "  BENCH $<"
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/completions/$(NAME).bash: SHELL_NAME := bash
$(B)/completions/_$(NAME): SHELL_NAME := zsh
$(B)/completions/$(NAME).fish: SHELL_NAME := fish
$(SHELLS): $(B)/$(NAME)
	@mkdir -p $(@D)
	$(Q)$(B)/$(NAME) help --complete $(SHELL_NAME) > $@

samples: $(SAMPLES) $(B)/samples/external.data  ## compile the sample models
unit: $(UNIT)
tools: $(TOOLS)

demo:  ## install what is missing, build, and look inside a sample model
	@sh .ci/deps build
	@$(MAKE) --no-print-directory -j"$$(nproc)" all samples
	$(B)/$(NAME) $(B)/samples/digits_fp32.onnx
	$(B)/$(NAME) graph $(B)/samples/digits_fp32.onnx -o $(B)/digits.svg
	@echo "$(B)/digits.svg: open it in a browser"

test:  ## install what is missing, build, and run all tests
	@sh .ci/deps test $(B)
	@$(MAKE) --no-print-directory -j"$$(nproc)" WERROR=1 all samples unit tools
	@$(MAKE) --no-print-directory WERROR=1 check

check: all samples unit tools $(SHELLS)  ## all tests, with what is installed
	@B=$(B) CC=$(CC) MAKE="$(MAKE)" sh tests/run.sh

check-san:  ## the tests that run the program, under address and undefined behaviour sanitizers
	@$(MAKE) --no-print-directory B=$(B)-san SAN=address,undefined WERROR=1 all samples unit tools
	@B=$(B)-san ORAY_SANITIZED=1 sh tests/run.sh

CLANG ?= clang
fuzz: samples  ## run fuzz targets under sanitizers: SECONDS=60 each, TARGETS="load infer"
	@$(MAKE) --no-print-directory fuzz-build
	@B=$(B) TIME=$(or $(SECONDS),60) TARGETS="$(TARGETS)" sh tests/fuzz/run.sh

# Comparisons are not traced: that takes half of the time, and tells little of trees of fields.
fuzz-build:
	@$(MAKE) --no-print-directory B=$(B)/fuzz CC="$(CLANG)" CFLAGS="-O1 $(if $(QUICK),,-g)" FUZZ=1 \
		SAN=fuzzer-no-link,address$(if $(QUICK),,$(comma)undefined) \
		SAN_MORE=-fno-sanitize-coverage=trace-cmp fuzzers

coverage:  ## which lines of src/ the tests run; SUITES chooses, as for check
	@$(MAKE) --no-print-directory B=$(B)-cov CFLAGS="-O1 --coverage -fprofile-update=atomic" \
		CPPFLAGS=-DORAY_COVERAGE LDFLAGS=--coverage all samples unit tools
	@find $(B)-cov -name '*.gcda' -delete
	-@B=$(B)-cov SUITES="$(or $(SUITES),$(COVERED))" sh tests/run.sh
	@$(PYTHON) tests/coverage.py $(B)-cov

# Without isolation: a program that counts may write, where its objects are.
COVERED := unit golden docs terminal differential writers drawing svg pixels pictures pages folding \
	params bad quantized findings differences statistics allocation \
	nodes operators contributed advice packed external

ANALYZED := $(filter-out src/build/%,$(wildcard src/*/*.c))
analyze: $(PROTO).c $(B)/gen/themes.inc $(B)/gen/viewer.inc  ## static analysis: clang, gcc, cppcheck
	@CPPFLAGS="$(CPPFLAGS)" sh tests/analyze.sh $(ANALYZED)

bench: all $(BENCH)  ## ratios against peers and limits, measured in one run
	@$(PYTHON) bench/run.py --build $(B)

install: all $(SHELLS) $(B)/$(NAME).pc  ## honours DESTDIR, PREFIX, LIBDIR, ...
	install -D -m755 $(B)/$(NAME) $(DESTDIR)$(BINDIR)/$(NAME)
	install -D -m644 include/$(NAME)/$(NAME).h $(DESTDIR)$(INCDIR)/$(NAME)/$(NAME).h
	install -D -m644 $(STATIC) $(DESTDIR)$(LIBDIR)/lib$(NAME).a
	install -D -m755 $(SHARED) $(DESTDIR)$(LIBDIR)/lib$(NAME).so.$(VERSION)
	ln -sf lib$(NAME).so.$(VERSION) $(DESTDIR)$(LIBDIR)/lib$(NAME).so.$(MAJOR)
	ln -sf lib$(NAME).so.$(MAJOR) $(DESTDIR)$(LIBDIR)/lib$(NAME).so
	install -D -m644 $(B)/$(NAME).pc $(DESTDIR)$(LIBDIR)/pkgconfig/$(NAME).pc
	for page in man/*.[1-9]; do \
		install -D -m644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/} || exit 1; done
	install -D -m644 $(B)/completions/$(NAME).bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$(NAME)
	install -D -m644 $(B)/completions/_$(NAME) \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_$(NAME)
	install -D -m644 $(B)/completions/$(NAME).fish \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$(NAME).fish

uninstall:  ## remove what install put there
	rm -rf $(DESTDIR)$(BINDIR)/$(NAME) $(DESTDIR)$(INCDIR)/$(NAME) \
		$(DESTDIR)$(LIBDIR)/lib$(NAME).* $(DESTDIR)$(LIBDIR)/pkgconfig/$(NAME).pc \
		$(DESTDIR)$(MANDIR)/man[1-9]/$(NAME)[-.]* \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$(NAME) \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_$(NAME) \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$(NAME).fish

man: $(B)/$(NAME)  ## write the manual pages from the program's tables
	sh man/make.sh $(B)/$(NAME) man

format:  ## lay out the C sources
	clang-format -i src/*/*.[ch] include/*/*.h tests/*/*.c bench/*.c

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/\1\t\2/p' Makefile | expand -t16

clean:  ## remove everything that was built
	rm -rf build build-*

.PHONY: coverage analyze all $(B)/$(NAME).pc samples unit tools demo test check check-san fuzz fuzz-build fuzzers bench install uninstall man format help clean
.SECONDARY:
.DELETE_ON_ERROR:
-include $(LIB:.o=.d) $(CLI:.o=.d)
