/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grafted onto the stock kernel and booted: hooks of each kind, with what they
 * were given and how the stack looked printed on the console.
 */
#include KERNEL_TYPES

#define KERNEL_BASE  0xffffffff80000000UL
#define TICKS_TO_RUN 20
#define MAX_FRAMES   32

extern int printf(const char *format, ...);
extern void biosmem_register_boot_data(phys_addr_t start, phys_addr_t end, boolean_t temporary);
extern void bootstrap_create(void);
extern kern_return_t vm_allocate(vm_map_t map, vm_offset_t *address, vm_size_t size,
				 boolean_t anywhere);
extern char _start[], etext[], graft_start[], graft_end[];
extern char graft_after_vm_map_enter[];

unsigned char test_on;

void test_register(phys_addr_t start, phys_addr_t end, boolean_t temporary);
void test_bootstrap(void);
void test_switch(thread_t old, continuation_t continuation, thread_t new);
void test_tick(int usec, boolean_t user, boolean_t base, vm_offset_t pc);
void test_enter(kern_return_t result, vm_map_t map, vm_offset_t *address, vm_size_t size,
		vm_offset_t mask, boolean_t anywhere, vm_object_t object, vm_offset_t offset,
		boolean_t copy, vm_prot_t protection, vm_prot_t maximum, vm_inherit_t inheritance);

static unsigned long nr_switches, nr_bad_switches, nr_ticks, nr_enters;

/* Our pages lie behind the kernel's: they are reserved with it.  */
void test_register(phys_addr_t start, phys_addr_t end, boolean_t temporary)
{
	if (start == (unsigned long)_start - KERNEL_BASE)
		end = (unsigned long)graft_end - KERNEL_BASE;
	biosmem_register_boot_data(start, end, temporary);
}

void test_bootstrap(void)
{
	printf("graft-test: begin %lx end %lx\n", (unsigned long)graft_start,
	       (unsigned long)graft_end);
	test_on = 1;
	bootstrap_create();
}

void test_switch(thread_t old, continuation_t continuation, thread_t new)
{
	(void)continuation;
	nr_switches++;
	if (old == new || old->task == 0 || new->task == 0)
		nr_bad_switches++;
}

void test_tick(int usec, boolean_t user, boolean_t base, vm_offset_t pc)
{
	(void)user;
	(void)base;
	if (++nr_ticks == TICKS_TO_RUN)
		printf("graft-test: ticks of %d us, pc %s, %lu switches, %lu bad, "
		       "%lu enters\n",
		       usec, pc ? "set" : "0", nr_switches, nr_bad_switches, nr_enters);
}

/* Frames of the chain from here on: how many lie in our trampoline, and how
   many follow it in the kernel's text.  */
static void count_frames(int *trampoline, int *kernel)
{
	unsigned long *frame = __builtin_frame_address(0);
	int i;

	*trampoline = *kernel = 0;
	for (i = 0; i < MAX_FRAMES && (unsigned long)frame > KERNEL_BASE; i++) {
		unsigned long ip = frame[1];

		if (ip - (unsigned long)graft_after_vm_map_enter < 512)
			++*trampoline;
		else if (ip >= (unsigned long)_start && ip < (unsigned long)etext)
			++*kernel;
		if (frame[0] <= (unsigned long)frame)
			break;
		frame = (unsigned long *)frame[0];
	}
}

void test_enter(kern_return_t result, vm_map_t map, vm_offset_t *address, vm_size_t size,
		vm_offset_t mask, boolean_t anywhere, vm_object_t object, vm_offset_t offset,
		boolean_t copy, vm_prot_t protection, vm_prot_t maximum, vm_inherit_t inheritance)
{
	int trampoline, kernel;

	if (nr_enters++)
		return;
	count_frames(&trampoline, &kernel);
	printf("graft-test: vm_map_enter %d map %d address %lx size %lx mask %lx "
	       "anywhere %d object %d offset %lx copy %d protection %d of %d "
	       "inheritance %d\n",
	       result, map != 0, (unsigned long)*address, (unsigned long)size, (unsigned long)mask,
	       anywhere, object != 0, (unsigned long)offset, copy, protection, maximum,
	       inheritance);
	printf("graft-test: frames: %d trampoline, %s\n", trampoline,
	       kernel > 2 ? "kernel behind it" : "chain broken");
}
