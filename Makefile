# SPDX-License-Identifier: Apache-2.0
# onnxray: `make help` lists the targets. Out of tree: `make B=elsewhere`. Verbose: `make V=1`.

NAME    := onnxray
VERSION := $(shell sed -n 's/^.define ORAY_VERSION_[A-Z]* *//p' include/onnxray/onnxray.h | paste -sd.)
MAJOR   := $(firstword $(subst ., ,$(VERSION)))
PKGS    := libprotobuf-c libcgraph libcjson zlib

B        ?= build
PREFIX   ?= /usr/local
BINDIR   ?= $(PREFIX)/bin
LIBDIR   ?= $(PREFIX)/lib
INCDIR   ?= $(PREFIX)/include
MANDIR   ?= $(PREFIX)/share/man
CFLAGS   ?= -O2 -g
PYTHON   ?= python3
Q        := $(if $(V),,@)

WARN := -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wmissing-prototypes -Wstrict-prototypes \
	-Wpointer-arith -Wwrite-strings -Wundef $(if $(WERROR),-Werror)
override CPPFLAGS += -Iinclude -Isrc -I$(B)/gen -D_POSIX_C_SOURCE=200809L \
	-D_FILE_OFFSET_BITS=64 $(shell pkg-config --cflags $(PKGS))
override CFLAGS += -std=c11 -fPIC -fvisibility=hidden -pthread \
	$(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)
override LDFLAGS += -pthread -Wl,--as-needed $(if $(SAN),-fsanitize=$(SAN))
LDLIBS := $(shell pkg-config --libs $(PKGS)) -lm

PROTO   := $(B)/gen/onnx.pb-c
CLI     := $(patsubst %.c,$(B)/%.o,$(wildcard src/cli/*.c))
LIB     := $(patsubst %.c,$(B)/%.o,$(filter-out src/cli/% src/build/%,$(wildcard src/*/*.c))) $(PROTO).o
UNIT    := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*.c))
TOOLS   := $(patsubst tests/tools/%.c,$(B)/tools/%,$(wildcard tests/tools/*.c))
SAMPLES := $(patsubst samples/%.textproto,$(B)/samples/%.onnx,$(wildcard samples/*.textproto))
STATIC  := $(B)/lib$(NAME).a
SHARED  := $(B)/lib$(NAME).so.$(VERSION)

all: $(B)/$(NAME) $(STATIC) $(SHARED) $(B)/$(NAME).pc  ## build the tool and the libraries

$(B)/$(NAME): $(CLI) $(STATIC)
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(STATIC): $(LIB)
	@echo "  AR    $@"
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(SHARED): $(LIB)
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,lib$(NAME).so.$(MAJOR) -o $@ $^ $(LDLIBS)
	$(Q)ln -sf $(@F) $(B)/lib$(NAME).so.$(MAJOR) && ln -sf $(@F) $(B)/lib$(NAME).so

$(B)/$(NAME).pc: Makefile include/onnxray/onnxray.h
	@mkdir -p $(@D)
	$(Q)printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$(INCDIR)' '' \
		'Name: $(NAME)' 'Description: look inside ONNX models' 'Version: $(VERSION)' \
		'Requires.private: $(PKGS)' 'Libs: -L$${libdir} -l$(NAME)' 'Libs.private: -lm -pthread' \
		'Cflags: -I$${includedir}' > $@

$(PROTO).o: $(PROTO).c
	@echo "  CC    $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -w -c -o $@ $<

$(PROTO).c: proto/onnx.proto
	@echo "  GEN   $@"
	@mkdir -p $(@D)
	$(Q)protoc-c -Iproto --c_out=$(@D) $<

$(B)/%.o: %.c | $(PROTO).c
	@echo "  CC    $<"
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) -MMD -MP -c -o $@ $<

$(B)/unit/%: tests/unit/%.c $(STATIC)
	@echo "  TEST  $<"
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

$(B)/tools/%: tests/tools/%.c $(STATIC)
	@echo "  TOOL  $<"
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/samples/%.onnx: samples/%.textproto proto/onnx.proto
	@mkdir -p $(@D)
	$(Q)protoc -Iproto --encode=onnx.ModelProto proto/onnx.proto < $< > $@

samples: $(SAMPLES)  ## compile the sample models
tools: $(TOOLS)
unit: $(UNIT)

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/\1\t\2/p' Makefile | expand -t16

clean:  ## remove everything that was built
	rm -rf build build-*

.PHONY: all samples tools unit help clean
.SECONDARY:
.DELETE_ON_ERROR:
-include $(LIB:.o=.d) $(CLI:.o=.d)
