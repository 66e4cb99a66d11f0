/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the hypervisor's first instruction into C. The entry is PVH's: the ELF note below names it,
 * and whoever boots us (QEMU's firmware, Firecracker, Xen) jumps there in 32-bit mode, without
 * paging, with interrupts off and %ebx at a struct hvm_start_info. Three steps make a 64-bit
 * machine of it: page tables, the long mode bit, and a jump into a 64-bit code segment.
 */
	.section .note.Xen, "a", @note
	.balign 4
	.long 4			/* bytes of the name */
	.long 8			/* bytes of the value */
	.long 18		/* XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz "Xen"
	.quad start

	.section .text.start, "ax"
	.code32
	.globl start
start:
	cld
	mov	$stack_end, %esp

	/* The first 4 GiB are mapped to themselves, in 2048 pages of 2 MiB. */
	mov	$directories, %edi
	mov	$0x83, %eax			/* present, writable, a large page */
	mov	$2048, %ecx
1:	mov	%eax, (%edi)			/* the upper half is zero already */
	add	$0x200000, %eax
	add	$8, %edi
	loop	1b
	movl	$directories + 0x0003, pointers
	movl	$directories + 0x1003, pointers + 8
	movl	$directories + 0x2003, pointers + 16
	movl	$directories + 0x3003, pointers + 24
	movl	$pointers + 3, top

	mov	%cr4, %eax
	or	$0x20, %eax			/* PAE: entries of eight bytes */
	mov	%eax, %cr4
	mov	$top, %eax
	mov	%eax, %cr3
	mov	$0xc0000080, %ecx		/* EFER */
	rdmsr
	or	$0x100, %eax			/* long mode, once paging is on */
	wrmsr
	mov	%cr0, %eax
	or	$0x80000000, %eax		/* paging */
	mov	%eax, %cr0
	lgdt	segments_pointer
	ljmp	$8, $start64

	.code64
start64:
	mov	$16, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	mov	%ebx, %edi			/* clears the upper half of %rdi */
	call	kvm_start
	ud2

	.section .rodata
	.balign 8
segments:
	.quad 0
	.quad 0x00af9b000000ffff		/* 8: code, 64-bit */
	.quad 0x00cf93000000ffff		/* 16: data */
segments_pointer:
	.word . - segments - 1
	.long segments

	.bss
	.balign 4096
top:	.skip 4096
pointers:
	.skip 4096
directories:
	.skip 4 * 4096
	.skip 32768
stack_end:

	.section .note.GNU-stack, "", @progbits
