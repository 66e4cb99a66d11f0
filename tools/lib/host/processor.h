/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the processor says of itself.
 */
#ifndef VNFT_LIB_PROCESSOR_H
#define VNFT_LIB_PROCESSOR_H

#include <stdbool.h>

/* Does QEMU's TCG translate its instructions? */
bool vnft_processor_is_tcg(void);
/* Its way to run guests: "SVM" or "VMX"; "" where it says that it has none. */
const char *vnft_processor_virtualization(void);

#endif
