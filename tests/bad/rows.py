# SPDX-License-Identifier: Apache-2.0
def unmatched(files):
    return []
