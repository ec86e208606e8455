/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the processor says of itself; see cpuid.h. */

#include <i386/cpuid.h>

#define CPUID_EXTENDED		0x80000000U
#define CPUID_BRAND_FIRST	0x80000002U
#define CPUID_BRAND_LAST	0x80000004U

boolean_t
cpuid_leaf (uint32_t leaf, struct cpuid_regs *r)
{
  static const struct cpuid_regs nothing;

  cpu_cpuid (leaf & CPUID_EXTENDED, r);
  /* Without extended leaves the answer is some other leaf's. */
  if (r->eax < leaf || (r->eax ^ leaf) & CPUID_EXTENDED)
    {
      *r = nothing;
      return FALSE;
    }
  cpu_cpuid (leaf, r);
  return TRUE;
}

/* Four characters as CPUID returns them. */
static uint32_t
four_characters (const char *s)
{
  return (uint8_t) s[0] | (uint8_t) s[1] << 8 | (uint8_t) s[2] << 16
	 | (uint32_t) (uint8_t) s[3] << 24;
}

boolean_t
cpuid_vendor_is (const char *vendor)
{
  struct cpuid_regs r;

  cpu_cpuid (0, &r);
  return r.ebx == four_characters (vendor)
	 && r.edx == four_characters (vendor + 4)
	 && r.ecx == four_characters (vendor + 8);
}

void
cpuid_family_model (unsigned int *family, unsigned int *model)
{
  struct cpuid_regs r;

  cpuid_leaf (1, &r);
  *family = r.eax >> 8 & 0xf;
  *model = r.eax >> 4 & 0xf;
  if (*family >= 6)
    *model |= (r.eax >> 16 & 0xf) << 4;
  if (*family == 15)
    *family += r.eax >> 20 & 0xff;
}

void
cpuid_brand (char brand[48])
{
  struct cpuid_regs r;
  unsigned int i = 0;
  uint32_t leaf;
  const char *s;

  brand[0] = 0;
  for (leaf = CPUID_BRAND_FIRST; leaf <= CPUID_BRAND_LAST; leaf++)
    {
      if (!cpuid_leaf (leaf, &r))
	break;
      for (s = (const char *) &r; s < (const char *) (&r + 1); s++)
	if (i < 47 && (i != 0 || *s != ' '))
	  brand[i++] = *s;
    }
  brand[i] = 0;
}
