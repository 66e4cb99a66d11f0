/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A PV guest begins where kvm/boot.S ends: in 64-bit mode, with page tables that the domain builder
 * has made, each address mapped to itself, and %rsi at its start info. The notes tell the builder
 * where to enter, and Xen where its calls shall stand.
 */
	.macro note type:req, value:vararg
	.section .note.Xen, "a", @note
	.balign 4
	.long 4			/* bytes of the name */
	.long 2f - 1f		/* bytes of the value */
	.long \type
	.asciz "Xen"
1:	\value
2:	.balign 4
	.endm

	note 6, .asciz "vnftrace"	/* XEN_ELFNOTE_GUEST_OS */
	note 8, .asciz "generic"	/* XEN_ELFNOTE_LOADER */
	note 5, .asciz "xen-3.0"	/* XEN_ELFNOTE_XEN_VERSION */
	note 1, .quad start		/* XEN_ELFNOTE_ENTRY */
	note 2, .quad hypercall_page	/* XEN_ELFNOTE_HYPERCALL_PAGE */
	note 3, .quad 0			/* XEN_ELFNOTE_VIRT_BASE */
	note 4, .quad 0			/* XEN_ELFNOTE_PADDR_OFFSET */

	.section .text.start, "ax"
	.globl start
start:
	cld
	lea	stack_end(%rip), %rsp
	mov	%rsi, %rdi
	call	xen_start
	ud2
	.balign 4096
	.globl hypercall_page
hypercall_page:
	.skip 4096

	.bss
	.balign 16
	.skip 32768
stack_end:

	.section .note.GNU-stack, "", @progbits
