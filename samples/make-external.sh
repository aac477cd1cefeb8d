#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Writes external.data, the weights of external.textproto, into the directory given (default: the
# current one): float32, little-endian, a 4 x 4 matrix with 1, 2, 3, 4 on its diagonal and then the
# four numbers 0.5, -0.5, 0.25, -0.25.
set -eu

zero='\000\000\000\000'
one='\000\000\200\077' two='\000\000\000\100' three='\000\000\100\100' four='\000\000\200\100'
half='\000\000\000\077' minus_half='\000\000\000\277'
quarter='\000\000\200\076' minus_quarter='\000\000\200\276'

printf "$one$zero$zero$zero$zero$two$zero$zero$zero$zero$three$zero$zero$zero$zero$four$(
    )$half$minus_half$quarter$minus_quarter" > "${1:-.}/external.data"
