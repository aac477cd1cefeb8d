# SPDX-License-Identifier: Apache-2.0
# From templates/*.theme to the initializers of struct theme (src/picture/theme.h).

function finish() {
    if (name != "")
        printf "{\n    .name = \"%s\",\n%s    .state = {\n%s    },\n    .category = {\n%s    },\n" \
            "    .scale = {\n%s    },\n    .type = {\n%s    },\n},\n",
            name, fields, states, categories, scale, types
    fields = states = categories = scale = types = ""
}

FNR == 1 {
    finish()
    name = FILENAME
    sub(/.*\//, "", name)
    sub(/\.theme$/, "", name)
}

/^#/ || NF == 0 { next }

$1 ~ /^(page|wire|wire_text|captured)$/ && NF == 2 {
    fields = fields "    ." $1 " = 0x" $2 ",\n"
    next
}

NF == 5 {
    paint = "{0x" $2 ", 0x" $3 ", 0x" $4 ", 0x" $5 "},\n"
    if ($1 ~ /^(body|pill|stub|missing|nested|quantized)$/)
        fields = fields "    ." $1 " = " paint
    else if ($1 ~ /^(kept|changed|added|helper|removed|sqnr_[0-9]+)$/)
        states = states "        [THEME_" toupper($1) "] = " paint
    else if ($1 == "scale_none")
        scale = scale "        [THEME_SCALE - 1] = " paint
    else if ($1 ~ /^scale_[0-8]$/)
        scale = scale "        [" substr($1, 7) "] = " paint
    else if ($1 ~ /^type_/)
        types = types "        [THEME_" toupper($1) "] = " paint
    else
        categories = categories "        [OPS_" toupper($1) "] = " paint
    next
}

{
    printf "%s:%d: not an area with one or four colours: %s\n", FILENAME, FNR, $0 > "/dev/stderr"
    failed = 1
    exit 1
}

END {
    if (!failed)
        finish()
}
